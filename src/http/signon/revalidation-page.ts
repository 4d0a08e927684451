import type { CheckName } from '../../domain/check.ts'
import type { OpenRevalidation } from '../../domain/revalidation.ts'
import { html, type Markup, type PageAssets, renderPage } from '../page.ts'
import type { Problem } from '../problem.ts'

/** What went wrong with the last answer. */
export interface Mishap {
  readonly problem: Problem
  readonly check: CheckName
}

/** The page on which an owner proves himself: who asks and when, the checks to choose from, and a way to say no. */
export function renderRevalidationPage(
  open: OpenRevalidation,
  address: string,
  assets: PageAssets,
  mishap?: Mishap,
): string {
  const chosen = mishap && open.checks.includes(mishap.check) ? mishap.check : open.checks[0]!
  const others = open.checks.filter((check) => check !== chosen)
  const host = new URL(open.returnTo).host
  const main = html`<h1>Is it you?</h1>
<p class="lead"><strong>${open.site}</strong> wants to be sure before it lets you in.</p>
<dl class="facts">
<div><dt>Site</dt><dd>${open.site} <span class="quiet">${host}</span></dd></div>
<div><dt>Asked</dt><dd><time datetime="${new Date(open.askedAt).toISOString()}">${ago(open.openedAt - open.askedAt)}</time></dd></div>
<div><dt>Your device</dt><dd><bdi>${open.label}</bdi></dd></div>
</dl>
${checkForm(chosen, address, host, { mishap, focused: true, wish: open.askEveryTime })}
${others.map((check) => html`<details><summary>${CHECK_FORMS[check].choice}</summary>${checkForm(check, address, host)}</details>`)}
<section class="denial" aria-labelledby="denial">
<h2 id="denial">This was not you?</h2>
<p>If you did not just try to sign in at ${open.site}, somebody else may be using this device’s certificate. Put it on hold: it then opens nothing, anywhere, until the operator releases it.</p>
<form method="post" action="${address}/deny"><button class="warning">This was not me</button></form>
</section>`
  return renderPage({ title: mishap ? `Not right: ${open.site}` : `Is it you? ${open.site}`, assets, main })
}

/** After "this was not me". */
export function renderDeniedPage(assets: PageAssets): string {
  const main = html`<h1>Your certificate is on hold</h1>
<p>From this moment it opens nothing, anywhere. Thank you for telling us.</p>
<p>Tell whoever invited you what happened. They can release the certificate, or give you a new invitation. You can close this page.</p>`
  return renderPage({ title: 'On hold', assets, main })
}

interface CheckForm {
  /** what leads to it when another check is shown first */
  readonly choice: string
  readonly label: string
  readonly hint: string
  readonly input: Markup
}

/** How each check is asked for. */
const CHECK_FORMS = {
  totp: {
    choice: 'Use your authenticator app instead',
    label: 'Code from your authenticator app',
    hint: 'Six digits, a new code every 30 seconds.',
    input: html`inputmode="numeric" autocomplete="one-time-code" pattern="\\s*(\\d\\s*){6}" maxlength="12" placeholder="000000"`,
  },
  'recovery-code': {
    choice: 'Use a recovery code instead',
    label: 'Recovery code',
    hint: 'One of the codes that you wrote down when you enrolled. Each works once.',
    input: html`autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="40" placeholder="XXXX-XXXX-XXXX-XXXX"`,
  },
} as const satisfies Record<CheckName, CheckForm>

function checkForm(
  check: CheckName,
  address: string,
  host: string,
  { mishap, focused, wish }: { mishap?: Mishap | undefined; focused?: boolean; wish?: boolean } = {},
): Markup {
  const { label, hint, input } = CHECK_FORMS[check]
  const described = mishap ? `${check}-error ${check}-hint` : `${check}-hint`
  return html`<form method="post" action="${address}">
<input type="hidden" name="check" value="${check}">
<label for="${check}">${label}</label>
${mishap && html`<p class="error" id="${check}-error" role="alert">${mishap.problem.detail}</p>`}
<input class="code" id="${check}" name="answer" type="text" required ${input} aria-describedby="${described}"${mishap && html` aria-invalid="true"`}${focused && html` autofocus`}>
<p class="hint" id="${check}-hint">${hint}</p>
${wish !== undefined && wishField(wish)}
<button>Continue to ${host}</button>
</form>`
}

/** The owner's own wish for this device. */
function wishField(wish: boolean): Markup {
  return html`<input type="hidden" name="ask-every-time" value="no">
<p class="choice"><label><input type="checkbox" name="ask-every-time" value="yes"${wish && html` checked`}> Ask me every time a site wants to sign me in on this device</label></p>`
}

const MINUTE = 60_000

function ago(ms: number): string {
  const minutes = Math.floor(ms / MINUTE)
  if (minutes < 1) return 'less than a minute ago'
  return minutes === 1 ? 'a minute ago' : `${minutes} minutes ago`
}
