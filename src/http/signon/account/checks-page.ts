import type { OwnCheck } from '../../../domain/account/own-checks.ts'
import { MAX_LABEL_CHARS } from '../../../domain/label.ts'
import type { CheckName } from '../../../domain/proving/check.ts'
import { html, type Markup, type PageFrame } from '../../page.ts'
import { CHECKS_TEXTS } from '../../texts/account-checks.ts'
import { ENROLLMENT_TEXTS } from '../../texts/enrollment.ts'
import { day, deedForm, renderAccountPage, tokenField } from './account-page.ts'
import { ROOMS } from './visit.ts'

interface View {
  readonly token: string
  readonly frame: PageFrame
}

export interface ChecksView extends View {
  readonly checks: readonly OwnCheck[]
  /** what may be added */
  readonly addable: readonly CheckName[]
}

/** The ways in which somebody proves that it is him. */
export function renderChecksPage({ checks, addable, token, frame }: ChecksView): string {
  const texts = CHECKS_TEXTS[frame.language]
  const main = html`<h1>${texts.heading}</h1>
<p class="lead">${texts.lead}</p>
${checks.map((check) => checkSection(check, token, frame))}
<section class="item" aria-labelledby="add">
<h2 id="add">${texts.addHeading}</h2>
<ul class="ways">
${addable.map((name) => html`<li><a href="/account/checks/add/${name}">${texts.add[name]}</a></li>\n`)}</ul>
</section>`
  return renderAccountPage({ title: texts.title, frame, place: 'checks', token, main })
}

function checkSection(
  { id, check, label, createdAt, lastUsedAt, left, removable }: OwnCheck,
  token: string,
  frame: PageFrame,
) {
  const texts = CHECKS_TEXTS[frame.language]
  return html`<section class="item" aria-labelledby="check-${id}">
<h2 id="check-${id}">${label === null ? texts.names[check] : html`<bdi>${label}</bdi> <span class="badge">${texts.names[check]}</span>`}</h2>
<dl class="facts">
${createdAt !== null && html`<div><dt>${texts.madeAt}</dt><dd>${day(createdAt, frame)}</dd></div>`}
<div><dt>${texts.lastUsedAt}</dt><dd>${lastUsedAt === null ? texts.never : day(lastUsedAt, frame)}</dd></div>
</dl>
${left !== null && html`<p>${texts.left(left)}</p>`}
<details><summary>${texts.change}</summary>
${left === null && renaming(id, label, token, frame)}
${removable ? deedForm(`/account/checks/${id}/remove`, token, texts.remove, 'warning') : html`<p class="hint">${texts.needed}</p>`}
</details>
</section>`
}

function renaming(id: string, label: string | null, token: string, frame: PageFrame): Markup {
  const texts = CHECKS_TEXTS[frame.language]
  return html`<form method="post" action="/account/checks/${id}/rename">${tokenField(token)}
<label for="name-${id}">${texts.name}</label>
<input id="name-${id}" name="label" type="text" required maxlength="${MAX_LABEL_CHARS}" autocomplete="off" spellcheck="false" value="${label ?? ''}">
<p class="actions"><button class="plain">${texts.rename}</button></p>
</form>`
}

/** A page on which something is added. */
export function renderAddingPage(heading: string, content: Markup, { token, frame }: View): string {
  const main = html`<h1>${heading}</h1>\n${content}`
  return renderAccountPage({ title: heading, frame, place: 'checks', token, main })
}

/** The name that something new is given. */
export function nameField(value: string, { language }: PageFrame): Markup {
  return html`<label for="label">${CHECKS_TEXTS[language].name}</label>
<input id="label" name="label" type="text" required maxlength="${MAX_LABEL_CHARS}" autocomplete="off" spellcheck="false" value="${value}">`
}

/** Where the page's script draws recovery codes, and shows them once. */
export function renderNewCodesPage({ token, frame }: View): string {
  const { codes: texts } = CHECKS_TEXTS[frame.language]
  const { proofs, words } = ENROLLMENT_TEXTS[frame.language]
  const content = html`<p class="lead">${texts.text}</p>
<noscript><p class="error">${texts.script}</p></noscript>
<form method="post" action="/account/checks/add/recovery-code" id="codes-form" hidden>${tokenField(token)}
<p>${texts.replace}</p>
<p class="error" id="codes-failed" role="alert" hidden>${texts.failed}</p>
<button class="plain" id="make-codes">${texts.button}</button>
</form>
<section id="fresh-codes" hidden aria-labelledby="codes-lead">
<p class="lead" id="codes-lead" tabindex="-1">${texts.fresh}</p>
<ol class="codes" id="codes"></ol>
<p class="actions"><a class="button" id="codes-done" href="${ROOMS.checks}">${texts.done}</a><button class="plain" type="button" id="copy-codes">${proofs.copyAll}</button></p>
<div hidden><span id="word-copied">${words.copied}</span><span id="word-by-hand">${words['by-hand']}</span></div>
</section>`
  return renderAddingPage(texts.heading, content, { token, frame })
}
