import type { OwnEvent } from '../../../domain/account/own-history.ts'
import { html, type Markup, type PageFrame } from '../../page.ts'
import { HISTORY_TEXTS } from '../../texts/account-history.ts'
import { hour, renderAccountPage } from './account-page.ts'

export interface HistoryView {
  readonly events: readonly OwnEvent[]
  readonly token: string
  readonly frame: PageFrame
}

/** What happened to an account, newest first. */
export function renderHistoryPage({ events, token, frame }: HistoryView): string {
  const texts = HISTORY_TEXTS[frame.language]
  const main = html`<h1>${texts.heading}</h1>
<p class="lead">${texts.lead}</p>
<ol class="events">
${events.map((event) => html`<li>${eventLine(event, frame)}</li>\n`)}</ol>`
  return renderAccountPage({ title: texts.title, frame, place: 'history', token, main })
}

function eventLine({ at, kind, by, device, site }: OwnEvent, frame: PageFrame): Markup {
  const texts = HISTORY_TEXTS[frame.language]
  return html`<p>${texts.kinds[kind]}${by !== 'you' && html` ${texts.by[by]}`}</p>
<p class="hint">${hour(at, frame)}${device !== undefined && html` · ${texts.device} <bdi>${device}</bdi>`}${site !== undefined && html` · ${texts.site} ${site}`}</p>`
}
