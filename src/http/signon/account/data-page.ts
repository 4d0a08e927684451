import { html, type PageFrame, renderPage } from '../../page.ts'
import { ACCOUNT_TEXTS } from '../../texts/account.ts'
import { DATA_TEXTS } from '../../texts/account-data.ts'
import { deedForm, renderAccountPage } from './account-page.ts'

interface View {
  readonly token: string
  readonly frame: PageFrame
}

/** Everything at once: to take along, or to end. */
export function renderDataPage({ token, frame }: View): string {
  const { title, heading, take, erase } = DATA_TEXTS[frame.language]
  const main = html`<h1>${heading}</h1>
<section class="item" aria-labelledby="take">
<h2 id="take">${take.heading}</h2>
<p>${take.text}</p>
<p class="actions"><a class="button" href="/account/data/countersign.json" download>${take.button}</a></p>
</section>
<section class="item" aria-labelledby="erase">
<h2 id="erase">${erase.heading}</h2>
<p>${erase.text}</p>
<p>${erase.stays}</p>
<details><summary>${erase.open}</summary>
${deedForm('/account/data/erase', token, erase.button, 'warning')}
</details>
</section>`
  return renderAccountPage({ title, frame, place: 'data', token, main })
}

/** Nobody is here any more. */
export function renderErasedPage(frame: PageFrame): string {
  const { title, heading, text } = DATA_TEXTS[frame.language].erased
  return renderPage({ title, frame, main: html`<h1>${heading}</h1>\n<p class="lead">${text}</p>` })
}

/** Before the page that enrolls. */
export function renderRenewalPage({ token, frame }: View): string {
  const { title, heading, text, button } = DATA_TEXTS[frame.language].renewal
  const main = html`<h1>${heading}</h1>
<p class="lead">${text}</p>
${deedForm('/account/renew', token, button, 'main')}`
  return renderAccountPage({ title, frame, place: 'devices', token, main })
}

/** After a proof, where it is high time: the next certificate, and the site behind it or without it. */
export function renderRenewalDuePage(enrollAddress: string, returnTo: string, frame: PageFrame): string {
  const { title, heading, due, text, later } = DATA_TEXTS[frame.language].renewal
  const main = html`<h1>${heading}</h1>
<p class="lead">${due}</p>
<p>${text}</p>
<p class="actions"><a class="button" href="${enrollAddress}">${ACCOUNT_TEXTS[frame.language].renew}</a></p>
<p><a href="${returnTo}">${later(new URL(returnTo).host)}</a></p>`
  return renderPage({ title, frame, main })
}
