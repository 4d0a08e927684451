import { html, type Markup, type PageFrame, renderPage } from '../../page.ts'
import { ACCOUNT_PLACES, ACCOUNT_TEXTS, type AccountPlace } from '../../texts/account.ts'
import { ROOMS } from './visit.ts'

export interface AccountPage {
  readonly title: string
  readonly frame: PageFrame
  /** where its reader is in the navigation; undefined: at none of its places */
  readonly place?: AccountPlace
  /** the session's token */
  readonly token: string
  readonly main: Markup
}

/** A page within the account: the ways to the others, and the way out. */
export function renderAccountPage({ title, frame, place, token, main }: AccountPage): string {
  const texts = ACCOUNT_TEXTS[frame.language]
  const nav = html`<nav class="places" aria-label="${texts.navigation}"><ul>
${ACCOUNT_PLACES.map((name) => html`<li><a href="${ROOMS[name]}"${name === place && html` aria-current="page"`}>${texts.places[name]}</a></li>\n`)}</ul></nav>`
  const way = html`<form class="leave" method="post" action="/account/leave">${tokenField(token)}<button class="plain">${texts.signOut}</button></form>`
  return renderPage({ title, frame, main: html`${nav}\n${main}\n${way}` })
}

/** What each form of the account carries: a certificate and a cookie are no sign of intent. */
export function tokenField(token: string): Markup {
  return html`<input type="hidden" name="token" value="${token}">`
}

/** A form that is one button. @param kind `main`: what its page is for */
export function deedForm(
  action: string,
  token: string,
  button: string,
  kind: 'main' | 'plain' | 'warning' = 'plain',
): Markup {
  return html`<form method="post" action="${action}">${tokenField(token)}<button${kind !== 'main' && html` class="${kind}"`}>${button}</button></form>`
}

/** A day, as its reader writes it. @param time epoch ms */
export function day(time: number, { language }: PageFrame): Markup {
  return moment(time, new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' }))
}

/** A day and an hour; whose clock it is has to be said. */
export function hour(time: number, { language }: PageFrame): Markup {
  const style = { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' } as const
  return html`${moment(time, new Intl.DateTimeFormat(language, style))} UTC`
}

/** @param month yyyymm */
export function monthName(month: number, { language }: PageFrame): string {
  const date = Date.UTC(Math.floor(month / 100), (month % 100) - 1)
  return new Intl.DateTimeFormat(language, { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(date)
}

function moment(time: number, format: Intl.DateTimeFormat): Markup {
  return html`<time datetime="${new Date(time).toISOString()}">${format.format(time)}</time>`
}
