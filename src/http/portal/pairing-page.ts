import type { Waiting } from '../../domain/account/another-device.ts'
import { html, type PageFrame, renderPage } from '../page.ts'
import { PAIRING_TEXTS } from '../texts/pairing.ts'

export interface CodeView {
  /** what came with the address, or was typed */
  readonly code: string
  /** what was wrong with it */
  readonly mishap?: string
}

/** Where the other device types the code of the first. */
export function renderCodePage({ code, mishap }: CodeView, frame: PageFrame): string {
  const texts = PAIRING_TEXTS[frame.language].other
  const described = mishap === undefined ? 'code-hint' : 'code-error code-hint'
  const main = html`<h1>${texts.heading}</h1>
<p class="lead">${texts.lead}</p>
<form method="post" action="/pair">
<label for="code">${texts.label}</label>
${mishap !== undefined && html`<p class="error" id="code-error" role="alert">${mishap}</p>`}
<input class="code" id="code" name="code" type="text" required maxlength="40" autocomplete="off" autocapitalize="characters" spellcheck="false" placeholder="XXXX-XXXX-XXXX" value="${code}" aria-describedby="${described}"${mishap !== undefined && html` aria-invalid="true"`}${code === '' && html` autofocus`}>
<p class="hint" id="code-hint">${texts.hint}</p>
<button>${texts.button}</button>
</form>`
  return renderPage({ title: texts.title, frame, main })
}

/** The number to choose on the first device, or that it was refused there. */
export function renderWaitingPage({ state, account, number }: Waiting, frame: PageFrame): string {
  const { title, waiting, refused } = PAIRING_TEXTS[frame.language].other
  const main =
    state === 'refused'
      ? html`<h1>${refused.heading}</h1>\n<p class="lead">${refused.text}</p>`
      : html`<h1>${waiting.heading}</h1>
<output class="password" aria-label="${waiting.heading}">${number}</output>
<p>${waiting.account}: <strong><bdi>${account ?? waiting.unnamed}</bdi></strong></p>
<p role="status">${waiting.text}</p>`
  return renderPage({ title, frame, main })
}
