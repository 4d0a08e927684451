import { html, type Markup } from '../page.ts'

/** What a step of a guide looks like, at a glance; its sentence stands beside it. */
export type Drawing = 'open' | 'window' | 'password' | 'address' | 'menu' | 'choose' | 'allow' | 'finish'

/** Draws one in the color of the text around it. It says nothing that its sentence does not. */
export function drawStep(drawing: Drawing): Markup {
  return html`<svg class="drawing" viewBox="0 0 64 48" aria-hidden="true" focusable="false"><g fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${DRAWINGS[drawing]}</g></svg>`
}

const SCREEN = html`<rect x="4" y="5" width="56" height="38" rx="5"/>`
const BAR = html`<path d="M4 15h56" opacity=".45"/>`
const DOTS = html`<g fill="currentColor" stroke="none"><circle cx="17" cy="29" r="2.4"/><circle cx="25" cy="29" r="2.4"/><circle cx="33" cy="29" r="2.4"/></g>`

const DRAWINGS: Readonly<Record<Drawing, Markup>> = {
  // a file, and the arrow that points at it
  open: html`<path d="M18 5h17l10 10v28H18z"/><path d="M35 5v10h10" opacity=".45"/><circle cx="31" cy="24" r="4"/><path d="M31 28v9m0-4h4"/>`,
  // a window whose button is pressed
  window: html`${SCREEN}${BAR}<path d="M12 23h26M12 29h18" opacity=".45"/><rect x="38" y="31" width="16" height="7" rx="3.5" fill="currentColor"/>`,
  // a field with dots in it
  password: html`${SCREEN}${BAR}<rect x="10" y="22" width="44" height="14" rx="4"/>${DOTS}<path d="M41 25v8"/>`,
  // a tab's address bar
  address: html`${SCREEN}${BAR}<rect x="18" y="7.5" width="36" height="5" rx="2.5"/><circle cx="11" cy="10" r="1.6"/><path d="M12 25h30M12 32h20" opacity=".45"/>`,
  // a list of settings, one of them chosen
  menu: html`${SCREEN}<path d="M14 15h22M14 33h22" opacity=".45"/><rect x="8" y="19" width="48" height="10" rx="3" fill="currentColor" fill-opacity=".16"/><path d="M14 24h22m12-3l3 3-3 3"/>`,
  // a choice of two
  choose: html`${SCREEN}<circle cx="15" cy="18" r="4"/><circle cx="15" cy="18" r="1.5" fill="currentColor"/><path d="M25 18h26"/><circle cx="15" cy="31" r="4" opacity=".45"/><path d="M25 31h20" opacity=".45"/>`,
  // a question, and the yes to it
  allow: html`${SCREEN}<path d="M14 14h36M14 20h24" opacity=".45"/><rect x="12" y="29" width="17" height="8" rx="4" opacity=".45"/><rect x="35" y="29" width="17" height="8" rx="4" fill="currentColor"/>`,
  // it is in
  finish: html`${SCREEN}${BAR}<circle cx="32" cy="29" r="9"/><path d="M28 29l3 3 5.5-6"/>`,
}
