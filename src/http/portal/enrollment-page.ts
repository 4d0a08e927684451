import type { OpenInvitation } from '../../domain/enrollment/enrollment.ts'
import type { Introduction } from '../../domain/enrollment/introduction.ts'
import { MAX_LABEL_CHARS } from '../../domain/label.ts'
import type { Language } from '../../domain/language.ts'
import type { CheckName } from '../../domain/proving/check.ts'
import { checkPath } from '../check-query.ts'
import { html, type Markup, type PageFrame, renderPage } from '../page.ts'
import { ENROLLMENT_TEXTS } from '../texts/enrollment.ts'
import { GUIDE_TEXTS } from '../texts/guides.ts'
import { PAIRING_TEXTS } from '../texts/pairing.ts'
import { type FacedCode, PROBLEM_TEXTS } from '../texts/problems.ts'
import { renderGuideChoice, renderGuides } from './guides.ts'

/** What the page of an invitation depends on: the invitation, and whose certificate the browser shows already. */
type Invitation = Pick<OpenInvitation, 'label' | 'subscriberId' | 'deviceId' | 'checks'> & Introduction

/** The page of an invitation, with all its steps; the script shows them one after another and fills in what is secret. */
export function renderEnrollmentPage(invitation: Invitation, frame: PageFrame): string {
  const { language } = frame
  const { title, script } = ENROLLMENT_TEXTS[language]
  return renderPage({
    title,
    frame,
    main: html`<h1 id="title" tabindex="-1">${title}</h1>
<noscript><p class="error">${script}</p></noscript>
${stages(language)}
${naming(language, invitation)}
${file(language)}
${proofs(language)}
${checking(language)}
${finish(language)}
${words(language)}`,
  })
}

/** Before the page of an invitation, where it is not known what the browser shows. */
export function renderIntroductionPage(address: string, frame: PageFrame): string {
  const { title, introduction } = ENROLLMENT_TEXTS[frame.language]
  return renderPage({
    title,
    frame,
    main: html`<h1>${title}</h1>
<p class="lead">${introduction.text}</p>
<p class="actions"><a class="button" href="${address}">${introduction.button}</a></p>`,
  })
}

/** What is shown at the front door. */
export function renderWelcomePage({ open, signonUrl }: Welcome, frame: PageFrame): string {
  const { welcome } = ENROLLMENT_TEXTS[frame.language]
  const pairing = PAIRING_TEXTS[frame.language].other
  return renderPage({
    title: welcome.title,
    frame,
    main: html`<h1>${welcome.heading}</h1>
<p class="lead">${welcome.lead}</p>
<h2>${welcome.have}</h2>
<p>${welcome.haveText}</p>
<h2>${welcome.haveNot}</h2>
${open ? selfEnrollment(frame.language) : html`<p>${welcome.haveNotText}</p>`}
<h2>${pairing.heading}</h2>
<p>${pairing.lead}</p>
<p class="actions"><a class="button plain" href="/pair">${pairing.title}</a></p>
<h2>${welcome.known}</h2>
<p class="actions"><a class="button plain" href="${signonUrl}/account">${welcome.account}</a><a class="button plain" href="${signonUrl}${checkPath()}">${welcome.check}</a></p>`,
  })
}

export interface Welcome {
  /** whether everybody who comes may enroll */
  readonly open: boolean
  /** the public address of the listener where a browser shows its certificate */
  readonly signonUrl: string
}

/** A form of plain text, which this listener takes besides JSON: it holds nothing. */
function selfEnrollment(language: Language): Markup {
  const { openText, openButton } = ENROLLMENT_TEXTS[language].welcome
  return html`<p>${openText}</p>
<form method="post" action="/enroll" enctype="text/plain"><button>${openButton}</button></form>`
}

function stages(language: Language): Markup {
  const { heading, name, save, check } = ENROLLMENT_TEXTS[language].stages
  return html`<ol class="stages" id="stages" aria-label="${heading}">
<li id="stage-name" aria-current="step">${name}</li>
<li id="stage-save">${save}</li>
<li id="stage-check">${check}</li>
</ol>`
}

function naming(language: Language, invitation: Invitation): Markup {
  const texts = ENROLLMENT_TEXTS[language].naming
  const { label, checks } = invitation
  return html`<form id="naming" hidden>
<p class="lead">${leadOf(invitation, texts)}</p>
${strangerWarning(language, invitation)}
<div id="needs-safari" hidden><p class="error">${texts.needsSafari}</p>
${hasRead(language, html`id="knows-safari"`)}</div>
<label for="label">${texts.label}</label>
<input id="label" name="label" type="text" required maxlength="${MAX_LABEL_CHARS}" autocomplete="off" spellcheck="false" value="${label ?? ''}" aria-describedby="label-hint">
<p class="hint" id="label-hint">${texts.hint}</p>
${checks.some((check) => check !== 'totp') && checkChoice(language, checks)}
<p class="error" id="mishap" role="alert" hidden></p>
<button id="make">${texts.make}</button>
<p class="hint" id="progress" role="status" hidden></p>
</form>`
}

function leadOf({ subscriberId, deviceId }: Invitation, texts: Leads): string {
  if (deviceId !== null) return texts.leadRenewing
  return subscriberId === null ? texts.lead : texts.leadJoining
}

type Leads = Readonly<Record<'lead' | 'leadJoining' | 'leadRenewing', string>>

/** Nobody is enrolled beside somebody else's certificate, or into somebody else's account, without having been told. */
function strangerWarning(language: Language, { subscriberId, owner }: Invitation): Markup | undefined {
  if (owner === null || owner.subscriberId === subscriberId) return undefined
  const { newPerson, otherPerson } = ENROLLMENT_TEXTS[language].stranger
  const text = subscriberId === null ? newPerson : otherPerson
  return html`<p class="error" id="stranger">${text(html`<bdi>${owner.label}</bdi>`)}</p>
${hasRead(language, html`required`)}`
}

function hasRead(language: Language, attribute: Markup): Markup {
  const { knows } = ENROLLMENT_TEXTS[language].stranger
  return html`<p class="choice"><label><input type="checkbox" ${attribute} autocomplete="off"> ${knows}</label></p>`
}

/** The checks that a choice can be made of here; recovery codes everybody gets. */
const CHOICES = ['passkey', 'totp', 'password'] as const satisfies readonly CheckName[]

/** With what its owner will prove himself. The first is chosen, until the script knows what this machine can do. */
function checkChoice(language: Language, checks: readonly CheckName[]): Markup {
  const { legend, hint, choices, password, passwordHint } = ENROLLMENT_TEXTS[language].choice
  const offered = checks.flatMap((check) => CHOICES.filter((choice) => choice === check))
  const rows = offered.map(
    (check, i) =>
      html`<p class="choice"><label><input type="radio" name="check" value="${check}"${i === 0 && html` checked`}> ${choices[check]}</label></p>`,
  )
  return html`<fieldset aria-describedby="choice-hint"><legend>${legend}</legend>
<p class="hint" id="choice-hint">${hint}</p>
${rows}
${
  offered.includes('password') &&
  html`<div id="own-password-place" hidden>
<label for="own-password">${password}</label>
<input id="own-password" type="password" minlength="8" maxlength="256" autocomplete="new-password" aria-describedby="own-password-hint">
<p class="hint" id="own-password-hint">${passwordHint}</p>
</div>`
}
</fieldset>`
}

function file(language: Language): Markup {
  const texts = ENROLLMENT_TEXTS[language].file
  return html`<section id="file" hidden aria-labelledby="file-heading">
<h2 id="file-heading" tabindex="-1">${texts.heading}</h2>
<p>${texts.text}</p>
<output class="password concealed" id="password" aria-label="${texts.password}"></output>
<p class="actions"><button class="plain" type="button" id="copy-password">${texts.copy}</button><button class="plain" type="button" id="show-password">${texts.show}</button></p>
<p class="actions"><a class="button" id="save" href="#">${texts.save}</a><button class="button" type="button" id="get-profile" hidden>${texts.profile}</button></p>
<p class="hint">${texts.name(html`<code id="file-name"></code>`)}</p>
<p class="error" id="file-mishap" role="alert" hidden></p>
<h3>${texts.guide}</h3>
${renderGuides(language)}
<p class="other-platform"><label for="platform">${texts.platform}</label>${renderGuideChoice(language)}</p>
<details><summary>${texts.refused}</summary><p>${texts.otherText}</p><p><button class="plain" type="button" id="other-format">${texts.other}</button></p></details>
</section>`
}

function proofs(language: Language): Markup {
  const texts = ENROLLMENT_TEXTS[language].proofs
  return html`<div id="proofs" hidden>
<section id="app-proof" aria-labelledby="app-heading">
<h2 id="app-heading">${texts.app}</h2>
<p>${texts.appText}</p>
<div class="scan">
<div class="qr" id="qr"></div>
<div>
<p><a id="app-link" href="#">${texts.open}</a></p>
<p class="hint">${texts.byHand}</p>
<p><code class="secret" id="secret"></code></p>
<p><button class="plain" type="button" id="copy-secret">${texts.copy}</button></p>
</div>
</div>
</section>
<section id="code-proof" aria-labelledby="code-heading">
<h2 id="code-heading">${texts.codes}</h2>
<p>${texts.codesText}</p>
<ol class="codes" id="codes"></ol>
<p><button class="plain" type="button" id="copy-codes">${texts.copyAll}</button></p>
</section>
</div>`
}

/** The check opens beside this page: whoever has brought in the wrong file needs the password once more. */
function checking(language: Language): Markup {
  const texts = ENROLLMENT_TEXTS[language].check
  return html`<section id="checking" hidden aria-labelledby="check-heading">
<h2 id="check-heading">${texts.heading}</h2>
<p>${texts.text(html`<bdi id="own-label"></bdi>`)}</p>
<p class="actions"><a class="button" id="check" href="#" target="_blank" rel="noopener">${texts.button}</a></p>
<p class="hint">${texts.again}</p>
</section>`
}

function finish(language: Language): Markup {
  const { finish: texts, finished } = ENROLLMENT_TEXTS[language]
  return html`<section class="finish" id="finish" hidden>
<p><strong>${texts.warning}</strong> ${texts.question}</p>
<button class="plain" type="button" id="done">${texts.button}</button>
</section>
<section id="finished" hidden>
<p class="lead">${finished.lead}</p>
<p>${finished.text}</p>
</section>`
}

/** The refusals that the script may meet. Any other is told as unexpected. */
const REFUSALS = [
  'invitation-used',
  'invitation-unusable',
  'label-invalid',
  'key-unsupported',
  'check-missing',
  'check-refused',
  'password-refused',
  'signer-unavailable',
  'store-unavailable',
  'apple-profile-unusable',
] as const satisfies readonly FacedCode[]

/** Every sentence that the script says, in the page's language, by the name that the script knows it by. */
function words(language: Language): Markup {
  const { faces, unexpected } = PROBLEM_TEXTS[language]
  const { machines } = GUIDE_TEXTS[language]
  const all = [
    ...Object.entries(ENROLLMENT_TEXTS[language].words),
    ...REFUSALS.map((code) => [code, faces[code].text]),
    ['unexpected', unexpected.text],
    ...Object.entries(machines).map(([machine, name]) => [`machine-${machine}`, name]),
  ]
  return html`<div hidden>${all.map(([name, text]) => html`<span id="word-${name}">${text}</span>`)}</div>`
}
