import type { OfferedCode } from '../../../domain/account/another-device.ts'
import { html, type Markup, type PageFrame } from '../../page.ts'
import { qrPath } from '../../qr-path.ts'
import { PAIRING_TEXTS } from '../../texts/pairing.ts'
import { deedForm, renderAccountPage, tokenField } from './account-page.ts'
import { ROOMS } from './visit.ts'

export interface PairingView {
  /** undefined: no code is shown */
  readonly offered: OfferedCode | undefined
  /** what the account is called, or null */
  readonly name: string | null
  /** where the other device types it */
  readonly address: string
  readonly token: string
  readonly frame: PageFrame
}

/** The first device's side of adding another one. */
export function renderPairingPage(view: PairingView): string {
  const { token, frame } = view
  const { title } = PAIRING_TEXTS[frame.language].first
  return renderAccountPage({ title, frame, place: 'devices', token, main: contentOf(view) })
}

function contentOf(view: PairingView): Markup {
  const { offered } = view
  if (!offered) return beginning(view)
  switch (offered.state) {
    case 'offered':
      return code(view, offered)
    case 'claimed':
      return choice(view, offered)
    case 'confirmed':
    case 'refused':
      return ending(view, offered.state)
  }
}

function beginning({ name, token, frame }: PairingView): Markup {
  const texts = PAIRING_TEXTS[frame.language].first
  return html`<h1>${texts.heading}</h1>
<p class="lead">${texts.lead}</p>
${name === null && html`<p class="hint">${texts.unnamed}</p>`}
${deedForm('/account/pair', token, texts.begin, 'main')}`
}

function code({ address, token, frame }: PairingView, offered: OfferedCode): Markup {
  const texts = PAIRING_TEXTS[frame.language].first
  const qr = qrPath(`${address}?code=${offered.code}`)
  const until = new Intl.DateTimeFormat(frame.language, { timeStyle: 'short', timeZone: 'UTC' }).format(
    offered.expiresAt,
  )
  return html`<h1>${texts.heading}</h1>
<div class="scan">
<div class="qr"><svg viewBox="0 0 ${qr.size} ${qr.size}" shape-rendering="crispEdges" role="img" aria-label="${texts.scanLabel}"><path d="${qr.path}"/></svg></div>
<div>
<p>${texts.scan}</p>
<p class="hint">${texts.type} <strong>${address}</strong></p>
<p><code class="secret">${offered.code}</code></p>
<p class="hint">${texts.until(until)}</p>
</div>
</div>
<p role="status">${texts.waiting}</p>
${deedForm('/account/pair/end', token, texts.cancel)}`
}

/** The right one stands among two others: whoever only presses a button is more often wrong than right. */
function choice({ token, frame }: PairingView, { numbers }: OfferedCode): Markup {
  const texts = PAIRING_TEXTS[frame.language].first
  return html`<h1>${texts.choose.heading}</h1>
<p>${texts.choose.text}</p>
<form class="numbers" method="post" action="/account/pair/choose">${tokenField(token)}
${numbers.map((number) => html`<button class="plain" name="number" value="${number}">${number}</button>\n`)}</form>
<form method="post" action="/account/pair/choose">${tokenField(token)}<button class="warning" name="number" value="0">${texts.choose.none}</button></form>`
}

function ending({ token, frame }: PairingView, state: 'confirmed' | 'refused'): Markup {
  const texts = PAIRING_TEXTS[frame.language].first
  return html`<h1>${texts[state].heading}</h1>
<p class="lead">${texts[state].text}</p>
<p class="actions"><a class="button" href="${ROOMS.devices}">${texts.done}</a></p>
${deedForm('/account/pair', token, texts.again)}`
}
