import type { Relation } from '../../../domain/site/relation.ts'
import { html, type Markup, type PageFrame } from '../../page.ts'
import { SITES_TEXTS } from '../../texts/account-sites.ts'
import { day, deedForm, monthName, renderAccountPage } from './account-page.ts'

export interface SitesView {
  readonly relations: readonly Relation[]
  readonly token: string
  readonly frame: PageFrame
}

/** The sites that know their reader, and the way to be forgotten by each. */
export function renderSitesPage({ relations, token, frame }: SitesView): string {
  const texts = SITES_TEXTS[frame.language]
  const main = html`<h1>${texts.heading}</h1>
<p class="lead">${relations.length === 0 ? texts.none : texts.lead}</p>
${relations.map((relation) => siteSection(relation, token, frame))}`
  return renderAccountPage({ title: texts.title, frame, place: 'sites', token, main })
}

function siteSection({ siteId, site, since, lastMonth }: Relation, token: string, frame: PageFrame): Markup {
  const texts = SITES_TEXTS[frame.language]
  return html`<section class="item" aria-labelledby="site-${siteId}">
<h2 id="site-${siteId}">${site}</h2>
<dl class="facts">
<div><dt>${texts.since}</dt><dd>${day(since, frame)}</dd></div>
<div><dt>${texts.lastMonth}</dt><dd>${monthName(lastMonth, frame)}</dd></div>
</dl>
<details><summary>${texts.forget}</summary>
<p>${texts.effect}</p>
${deedForm(`/account/sites/${siteId}/forget`, token, texts.confirm, 'warning')}
</details>
</section>`
}
