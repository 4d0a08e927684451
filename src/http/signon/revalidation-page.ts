import type { CheckName, PasskeyOptions } from '../../domain/check.ts'
import type { OpenRevalidation } from '../../domain/revalidation.ts'
import { html, type Markup, type PageFrame, renderPage } from '../page.ts'
import { faceOf } from '../page-problem.ts'
import type { Problem } from '../problem.ts'
import { REVALIDATION_TEXTS } from '../texts/revalidation.ts'

/** What went wrong with the last answer. */
export interface Mishap {
  readonly problem: Problem
  readonly check: CheckName
}

/** The page on which an owner proves himself: who asks and when, the checks to choose from, and a way to say no. */
export function renderRevalidationPage(
  open: OpenRevalidation,
  address: string,
  frame: PageFrame,
  mishap?: Mishap,
): string {
  const texts = REVALIDATION_TEXTS[frame.language]
  const chosen = mishap && open.checks.includes(mishap.check) ? mishap.check : open.checks[0]!
  const others = open.checks.filter((check) => check !== chosen)
  const host = new URL(open.returnTo).host
  const place: FormPlace = { address, host, frame, passkey: open.passkey }
  const main = html`<h1>${texts.heading}</h1>
<p class="lead">${texts.lead(open.site)}</p>
<dl class="facts">
<div><dt>${texts.site}</dt><dd>${open.site} <span class="quiet">${host}</span></dd></div>
<div><dt>${texts.asked}</dt><dd><time datetime="${new Date(open.askedAt).toISOString()}">${texts.ago(Math.floor((open.openedAt - open.askedAt) / MINUTE))}</time></dd></div>
<div><dt>${texts.device}</dt><dd><bdi>${open.label}</bdi></dd></div>
</dl>
${checkForm(chosen, place, { mishap, focused: true, wish: open.askEveryTime })}
${others.map((check) => html`<details><summary>${texts.checks[check].choice}</summary>${checkForm(check, place)}</details>`)}
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

type TypedCheck = Exclude<CheckName, 'passkey'>

/** How each check is typed in. */
const INPUTS: Readonly<Record<TypedCheck, Markup>> = {
  password: html`autocomplete="current-password" spellcheck="false" maxlength="256"`,
  totp: html`inputmode="numeric" autocomplete="one-time-code" pattern="\\s*(\\d\\s*){6}" maxlength="12" placeholder="000000"`,
  'recovery-code': html`autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="40" placeholder="XXXX-XXXX-XXXX-XXXX"`,
}

interface FormPlace {
  /** where the form goes */
  readonly address: string
  /** where its owner goes afterwards */
  readonly host: string
  readonly frame: PageFrame
  /** what the browser's passkey is asked with */
  readonly passkey: PasskeyOptions | undefined
}

interface FormState {
  readonly mishap?: Mishap | undefined
  readonly focused?: boolean
  readonly wish?: boolean
}

function checkForm(check: CheckName, place: FormPlace, state: FormState = {}): Markup {
  return check === 'passkey' ? passkeyForm(place, state) : typedForm(check, place, state)
}

/**
 * What `src/web/passkey.ts` shows, asks the browser with, and sends. It asks at once where nothing has gone wrong yet, so
 * that one touch is all there is to do.
 */
function passkeyForm({ address, frame, passkey }: FormPlace, { mishap, focused, wish }: FormState): Markup {
  const texts = REVALIDATION_TEXTS[frame.language]
  const { label, hint } = texts.checks.passkey
  return html`<noscript><p class="error">${texts.passkeyNeedsScript}</p></noscript>
<form method="post" action="${address}" id="passkey-form" data-options="${JSON.stringify(passkey)}"${focused && !mishap && html` data-at-once`} hidden>
<input type="hidden" name="check" value="passkey">
<input type="hidden" name="answer" id="passkey-answer">
<p class="error" id="passkey-failed" role="alert"${!mishap && html` hidden`}>${mishap ? faceOf(mishap.problem, frame.language).text : texts.passkeyFailed}</p>
${wish !== undefined && wishField(wish, texts.askEveryTime)}
<button type="button" id="passkey">${label}</button>
<p class="hint">${hint}</p>
</form>`
}

function typedForm(check: TypedCheck, place: FormPlace, { mishap, focused, wish }: FormState): Markup {
  const { language } = place.frame
  const texts = REVALIDATION_TEXTS[language]
  const { label, hint } = texts.checks[check]
  const described = mishap ? `${check}-error ${check}-hint` : `${check}-hint`
  return html`<form method="post" action="${place.address}">
<input type="hidden" name="check" value="${check}">
<label for="${check}">${label}</label>
${mishap && html`<p class="error" id="${check}-error" role="alert">${faceOf(mishap.problem, language).text}</p>`}
<input class="code" id="${check}" name="answer" type="${check === 'password' ? 'password' : 'text'}" required ${INPUTS[check]} aria-describedby="${described}"${mishap && html` aria-invalid="true"`}${focused && html` autofocus`}>
<p class="hint" id="${check}-hint">${hint}</p>
${wish !== undefined && wishField(wish, texts.askEveryTime)}
<button>${texts.proceed(place.host)}</button>
</form>`
}

/** The owner's own wish for this device. */
function wishField(wish: boolean, text: string): Markup {
  return html`<input type="hidden" name="ask-every-time" value="no">
<p class="choice"><label><input type="checkbox" name="ask-every-time" value="yes"${wish && html` checked`}> ${text}</label></p>`
}
