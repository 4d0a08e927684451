import type { Hex } from '../../domain/hex.ts'
import type { CheckName } from '../../domain/proving/check.ts'
import type { OpenRevalidation } from '../../domain/revalidation/revalidation.ts'
import { html, type Markup, type PageFrame, renderPage } from '../page.ts'
import { referenceOf } from '../page-problem.ts'
import type { Problem } from '../problem.ts'
import { logoPath } from '../site-logo.ts'
import { CHECKS_TEXTS } from '../texts/account-checks.ts'
import { REVALIDATION_TEXTS } from '../texts/revalidation.ts'
import { ROOMS } from './account/visit.ts'
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
  const main = html`${open.logo && logoOf(open.logo)}
<h1>${texts.heading}</h1>
<p class="lead">${texts.lead(open.site)}</p>
<dl class="facts">
<div><dt>${texts.site}</dt><dd><bdi>${open.site}</bdi> <span class="quiet">${host}</span></dd></div>
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

/** The site's name stands beside it, so it says nothing to those who cannot see it. */
function logoOf(hash: Hex): Markup {
  return html`<p class="logo"><img src="${logoPath(hash)}" alt=""></p>`
}

/** Where the owner has none of the checks that are wanted: what he can do, instead of the same question again and again. */
export function renderCheckWantedPage(
  { wanted, host, problem }: { wanted: readonly CheckName[]; host: string; problem: Problem },
  frame: PageFrame,
): string {
  const { wanted: texts, addCheck } = REVALIDATION_TEXTS[frame.language]
  const { names } = CHECKS_TEXTS[frame.language]
  const main = html`<h1>${texts.heading}</h1>
<p class="lead">${texts.one(host)}</p>
<ul>${wanted.map((name) => html`<li>${names[name]}</li>`)}</ul>
<p>${texts.next(host)}</p>
<p class="actions"><a class="button" href="${ROOMS.checks}">${addCheck}</a></p>
${referenceOf(problem, frame.language)}`
  return renderPage({ title: texts.heading, frame, main })
}

/** After "this was not me". */
export function renderDeniedPage(frame: PageFrame): string {
  const { title, heading, effect, next } = REVALIDATION_TEXTS[frame.language].denied
  return renderPage({ title, frame, main: html`<h1>${heading}</h1>\n<p>${effect}</p>\n<p>${next}</p>` })
}
