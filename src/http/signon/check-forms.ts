import type { CheckName } from '../../domain/proving/check.ts'
import type { Question } from '../../domain/proving/proving.ts'
import { html, type Markup, type PageFrame } from '../page.ts'
import { faceOf } from '../page-problem.ts'
import type { Problem } from '../problem.ts'
import { REVALIDATION_TEXTS } from '../texts/revalidation.ts'

/** What went wrong with the last answer. */
export interface Mishap {
  readonly problem: Problem
  readonly check: CheckName
}

/** And the error that became the problem. */
export interface Refused extends Mishap {
  readonly error: unknown
}

/** Where an owner proves himself. */
export interface FormPlace {
  /** where the form goes */
  readonly address: string
  /** on its button */
  readonly proceed: string
  readonly frame: PageFrame
  /** whether he wants to be asked at every sign-in; undefined: this is not the place to say so */
  readonly wish?: boolean
}

/** Whether it is the form that stands open, and what went wrong in it. */
interface FormState {
  readonly mishap?: Mishap | undefined
  readonly focused?: boolean
}

/** Forms for the checks that suffice, the first open, or the one that something went wrong in. */
export function checkForms({ checks, passkey }: Question, place: FormPlace, mishap?: Mishap): Markup {
  const texts = REVALIDATION_TEXTS[place.frame.language]
  const chosen = mishap && checks.includes(mishap.check) ? mishap.check : checks[0]!
  const others = checks.filter((check) => check !== chosen)
  return html`${checkForm(chosen, passkey, place, { mishap, focused: true })}
${others.map((check) => html`<details><summary>${texts.checks[check].choice}</summary>${checkForm(check, passkey, place, {})}</details>`)}`
}

type TypedCheck = Exclude<CheckName, 'passkey'>

/** How each check is typed in. */
const INPUTS: Readonly<Record<TypedCheck, Markup>> = {
  password: html`autocomplete="current-password" spellcheck="false" maxlength="256"`,
  totp: html`inputmode="numeric" autocomplete="one-time-code" pattern="\\s*(\\d\\s*){6}" maxlength="12" placeholder="000000"`,
  'recovery-code': html`autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="40" placeholder="XXXX-XXXX-XXXX-XXXX"`,
}

type Passkey = Question['passkey']

function checkForm(check: CheckName, passkey: Passkey, place: FormPlace, state: FormState): Markup {
  return check === 'passkey' ? passkeyForm(passkey, place, state) : typedForm(check, place, state)
}

/**
 * What `src/web/passkey.ts` shows, asks the browser with, and sends. It asks at once where nothing has gone wrong yet, so
 * that one touch is all there is to do.
 */
function passkeyForm(passkey: Passkey, { address, frame, wish }: FormPlace, { mishap, focused }: FormState): Markup {
  const texts = REVALIDATION_TEXTS[frame.language]
  const { label, hint } = texts.checks.passkey
  return html`<noscript><p class="error">${texts.passkeyNeedsScript}</p></noscript>
<form method="post" action="${address}" id="passkey-form" data-options="${JSON.stringify(passkey)}"${focused && !mishap && html` data-at-once`} hidden>
<input type="hidden" name="check" value="passkey">
<input type="hidden" name="answer" id="passkey-answer">
<p class="error" id="passkey-failed" role="alert"${!mishap && html` hidden`}>${mishap ? faceOf(mishap.problem, frame.language).text : texts.passkeyFailed}</p>
${focused && wish !== undefined && wishField(wish, texts.askEveryTime)}
<button type="button" id="passkey">${label}</button>
<p class="hint">${hint}</p>
</form>`
}

function typedForm(check: TypedCheck, place: FormPlace, { mishap, focused }: FormState): Markup {
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
${focused && place.wish !== undefined && wishField(place.wish, texts.askEveryTime)}
<button>${place.proceed}</button>
</form>`
}

/** The owner's own wish for this device. */
function wishField(wish: boolean, text: string): Markup {
  return html`<input type="hidden" name="ask-every-time" value="no">
<p class="choice"><label><input type="checkbox" name="ask-every-time" value="yes"${wish && html` checked`}> ${text}</label></p>`
}
