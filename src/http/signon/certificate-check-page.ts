import type { ShownCertificate } from '../../domain/enrollment/certificate-check.ts'
import { html, type Markup, type PageFrame, renderPage } from '../page.ts'
import { CERTIFICATE_CHECK_TEXTS, type FindingName } from '../texts/certificate-check.ts'
import { ROOMS } from './account/visit.ts'
import type { CheckStep } from './check-step.ts'

/** What the check page tells. */
export interface CheckView {
  readonly shown: ShownCertificate
  readonly step: CheckStep
  /** at the end of an enrollment */
  readonly enrolling: boolean
  /** at our own address, where one can sign out; not under a fresh name */
  readonly atHome: boolean
  /** where each step leads; `ask-fresh` is missing where there are no fresh names */
  readonly ways: Readonly<Record<'again' | 'goOn', string>> & { readonly askFresh: string | undefined }
  /** where to go when all is well */
  readonly onward: string | undefined
}

/** Which certificate this browser shows, the reason in a sentence, and the next click. */
export function renderCheckPage(view: CheckView, frame: PageFrame): string {
  const { findings, ...texts } = CERTIFICATE_CHECK_TEXTS[frame.language]
  const { heading, text } = findings[findingOf(view)]
  const { remark } = view.step
  const main = html`<h1 id="finding" data-shown="${findingOf(view)}">${heading}</h1>
<p class="lead">${text(view.shown.shown === 'known' ? view.shown.label : '')}</p>
${isNewcomer(view) && html`<p id="newcomer">${texts.newcomer}</p>`}
${remark && html`<p id="remark" data-remark="${remark}">${texts[remark]}</p>`}
<p class="actions">${clicks(view, frame)}</p>
${view.step.next === 'done' && view.onward === undefined && html`<p class="hint">${texts.close}</p>`}
${mayLeave(view) && html`<form id="sign-out" method="post" action="/sign-out"></form>`}`
  return renderPage({ title: heading, frame, main })
}

/** After signing out: the script has the choice forgotten. */
export function renderSignedOutPage(frame: PageFrame, next: string): string {
  const { signedOut } = CERTIFICATE_CHECK_TEXTS[frame.language]
  const main = html`<h1 id="forget">${signedOut.heading}</h1>
<p class="lead">${signedOut.text}</p>
<p>${signedOut.limits}</p>
<p class="actions"><a class="button plain" href="${next}">${signedOut.next}</a></p>`
  return renderPage({ title: signedOut.heading, frame, main })
}

function findingOf({ shown, enrolling }: CheckView): FindingName {
  if (shown.shown !== 'known') return shown.shown
  if (shown.standing !== 'good' && shown.standing !== 'ending') return shown.standing
  if (shown.expected === false) return 'another'
  return shown.standing === 'good' && enrolling ? 'enrolled' : shown.standing
}

/** The next click first, and beside it what else one may want. */
function clicks(view: CheckView, { language }: PageFrame): readonly (Markup | false)[] {
  const { step, ways, onward } = view
  const texts = CERTIFICATE_CHECK_TEXTS[language]
  const askFresh = (kind: string) =>
    ways.askFresh !== undefined && html`<a class="${kind}" id="fresh" href="${ways.askFresh}">${texts.askFresh}</a>`
  const again = (kind: string, text: string) =>
    html`<a class="${kind}" id="again" href="${ways.again}"${step.atOnce && html` data-at-once`}>${text}</a>`
  switch (step.next) {
    case 'done':
      return [
        isEnding(view) && html`<a class="button" id="renew" href="${ROOMS.renew}">${texts.renew}</a>`,
        onward !== undefined && html`<a class="button" id="onward" href="${onward}">${proceed(onward, texts)}</a>`,
        mayLeave(view) && html`<a class="button plain" id="account" href="${ROOMS.devices}">${texts.account}</a>`,
        mayLeave(view) && again('button plain', texts.useAnother),
        mayLeave(view) && html`<button class="plain" form="sign-out">${texts.signOut}</button>`,
      ]
    case 'use-another':
      return [again('button', texts.useAnother)]
    case 'look-again':
      return [again('button', texts.lookAgain), askFresh('button plain')]
    case 'ask-fresh':
      return [askFresh('button')]
    case 'go-on':
      return [html`<a class="button" id="go-on" href="${ways.goOn}">${texts.goOn}</a>`, askFresh('button plain')]
  }
}

function isEnding({ shown, atHome }: CheckView): boolean {
  return atHome && shown.shown === 'known' && shown.standing === 'ending'
}

/** Sites send whoever shows nothing here: he may never have been set up. At the end of an enrollment he has a file. */
function isNewcomer({ shown, enrolling }: CheckView): boolean {
  return shown.shown === 'none' && !enrolling
}

/** Whom nothing is wrong with may want to be somebody else, or nobody; at the end of an enrollment that would only distract. */
function mayLeave({ step, atHome, enrolling }: CheckView): boolean {
  return step.next === 'done' && atHome && !enrolling
}

type Texts = (typeof CERTIFICATE_CHECK_TEXTS)['en']

/** A site's address by its host; a ticket of ours needs none. */
function proceed(onward: string, { proceed, resume }: Pick<Texts, 'proceed' | 'resume'>): string {
  return onward.startsWith('/') ? resume : proceed(new URL(onward).host)
}
