import type { OpenRevalidation } from '../../domain/revalidation.ts'
import { html, type PageFrame, renderPage } from '../page.ts'
import { REVALIDATION_TEXTS } from '../texts/revalidation.ts'
import { checkForms, type Mishap } from './check-forms.ts'

/** The page on which an owner proves himself: who asks and when, the checks to choose from, and a way to say no. */
export function renderRevalidationPage(
  open: OpenRevalidation,
  address: string,
  frame: PageFrame,
  mishap?: Mishap,
): string {
  const texts = REVALIDATION_TEXTS[frame.language]
  const host = new URL(open.returnTo).host
  const place = { address, proceed: texts.proceed(host), frame, wish: open.askEveryTime }
  const main = html`<h1>${texts.heading}</h1>
<p class="lead">${texts.lead(open.site)}</p>
<dl class="facts">
<div><dt>${texts.site}</dt><dd>${open.site} <span class="quiet">${host}</span></dd></div>
<div><dt>${texts.asked}</dt><dd><time datetime="${new Date(open.askedAt).toISOString()}">${texts.ago(Math.floor((open.openedAt - open.askedAt) / MINUTE))}</time></dd></div>
<div><dt>${texts.device}</dt><dd><bdi>${open.label}</bdi></dd></div>
</dl>
${checkForms(open, place, mishap)}
<section class="denial" aria-labelledby="denial">
<h2 id="denial">${texts.notYou}</h2>
<p>${texts.notYouText(open.site)}</p>
<form method="post" action="${address}/deny"><button class="warning">${texts.deny}</button></form>
</section>`
  return renderPage({ title: mishap ? texts.titleAgain(open.site) : texts.title(open.site), frame, main })
}

const MINUTE = 60_000

/** After "this was not me". */
export function renderDeniedPage(frame: PageFrame): string {
  const { title, heading, effect, next } = REVALIDATION_TEXTS[frame.language].denied
  return renderPage({ title, frame, main: html`<h1>${heading}</h1>\n<p>${effect}</p>\n<p>${next}</p>` })
}
