import type { OwnTrustView } from '../../../domain/account/own-trust.ts'
import { MOST_MESSAGE } from '../../../domain/trust/trust.ts'
import { html, type Markup, type PageFrame } from '../../page.ts'
import { TRUST_TEXTS } from '../../texts/account-trust.ts'
import { day, deedForm, renderAccountPage, tokenField } from './account-page.ts'

export interface TrustView extends OwnTrustView {
  readonly token: string
  readonly frame: PageFrame
}

/** What sites say of their reader: it is his, so here they have names. */
export function renderTrustPage(view: TrustView): string {
  const { vouches, reports, token, frame } = view
  const texts = TRUST_TEXTS[frame.language]
  const isNothing = vouches.length + reports.length === 0
  const main = html`<h1>${texts.heading}</h1>
<p class="lead">${isNothing ? texts.none : texts.lead}</p>
${reports.length > 0 && html`<h2 id="reports">${texts.reports}</h2>\n${reports.map((report) => reportSection(report, view))}`}
${vouches.length > 0 && html`<h2 id="vouches">${texts.vouches}</h2>\n${vouches.map((vouch) => vouchSection(vouch, frame))}`}
${visibilitySection(view)}`
  return renderAccountPage({ title: texts.title, frame, place: 'trust', token, main })
}

function vouchSection(
  { siteId, site, kind, since, expiresAt }: TrustView['vouches'][number],
  frame: PageFrame,
): Markup {
  const texts = TRUST_TEXTS[frame.language]
  return html`<section class="item" aria-labelledby="vouches vouch-${siteId}">
<h3 id="vouch-${siteId}">${site}</h3>
<p>${texts.kinds[kind]}</p>
<dl class="facts">
<div><dt>${texts.since}</dt><dd>${day(since, frame)}</dd></div>
<div><dt>${texts.until}</dt><dd>${day(expiresAt, frame)}</dd></div>
</dl>
</section>
`
}

function reportSection(report: TrustView['reports'][number], { token, frame }: TrustView): Markup {
  const texts = TRUST_TEXTS[frame.language]
  const { id, site, severity, message, state, appeal, reportedAt, expiresAt } = report
  return html`<section class="item" aria-labelledby="reports report-${id}">
<h3 id="report-${id}">${site}</h3>
<p>${texts.severities[severity]}</p>
<dl class="facts">
<div><dt>${texts.message}</dt><dd><bdi>${message}</bdi></dd></div>
${appeal !== null && html`<div><dt>${texts.yours}</dt><dd><bdi>${appeal}</bdi></dd></div>\n`}<div><dt>${texts.reported}</dt><dd>${day(reportedAt, frame)}</dd></div>
<div><dt>${texts.until}</dt><dd>${day(expiresAt, frame)}</dd></div>
</dl>
<p>${texts.states[state]}</p>
${state === 'standing' && appealForm(id, token, frame)}
</section>
`
}

function appealForm(id: string, token: string, frame: PageFrame): Markup {
  const texts = TRUST_TEXTS[frame.language].appeal
  return html`<details><summary>${texts.open}</summary>
<p>${texts.effect}</p>
<form method="post" action="/account/trust/${id}/appeal">${tokenField(token)}
<label for="appeal-${id}">${texts.label}</label>
<input type="text" id="appeal-${id}" name="appeal" maxlength="${MOST_MESSAGE}" required autocomplete="off">
<p class="actions"><button class="plain">${texts.button}</button></p>
</form>
</details>`
}

function visibilitySection({ hidden, token, frame }: TrustView): Markup {
  const texts = TRUST_TEXTS[frame.language].visibility
  return html`<section class="item" aria-labelledby="visibility">
<h2 id="visibility">${texts.heading}</h2>
<p>${hidden ? texts.hidden : texts.shown}</p>
${deedForm(hidden ? '/account/trust/show' : '/account/trust/hide', token, hidden ? texts.show : texts.hide)}
</section>`
}
