import type { OwnDevice } from '../../../domain/account/own-devices.ts'
import { MAX_LABEL_CHARS } from '../../../domain/label.ts'
import { html, type Markup, type PageFrame, renderPage } from '../../page.ts'
import { ACCOUNT_TEXTS } from '../../texts/account.ts'
import { DEVICES_TEXTS } from '../../texts/account-devices.ts'
import { day, deedForm, hour, renderAccountPage, tokenField } from './account-page.ts'
import { ROOMS } from './visit.ts'

export interface DevicesView {
  readonly devices: readonly OwnDevice[]
  /** what the account is called, or null */
  readonly name: string | null
  readonly token: string
  readonly frame: PageFrame
}

/** All devices of a person, and what can be done with each. */
export function renderDevicesPage({ devices, name, token, frame }: DevicesView): string {
  const texts = DEVICES_TEXTS[frame.language]
  const due = devices.find(({ inHand, renewalDue }) => inHand && renewalDue)
  const main = html`<h1>${texts.heading}</h1>
${due && renewalBanner(due, frame)}
${devices.map((device) => deviceSection(device, token, frame))}
<p class="actions"><a class="button" href="${ROOMS.pair}">${texts.add}</a></p>
<section class="item" aria-labelledby="account-name">
<h2 id="account-name">${texts.account.heading}</h2>
<form method="post" action="/account/name">${tokenField(token)}
<label for="name">${texts.account.label}</label>
<input id="name" name="name" type="text" required maxlength="${MAX_LABEL_CHARS}" autocomplete="off" spellcheck="false" value="${name ?? ''}" aria-describedby="name-hint">
<p class="hint" id="name-hint">${texts.account.hint}</p>
<button class="plain">${texts.account.button}</button>
</form>
</section>`
  return renderAccountPage({ title: texts.title, frame, place: 'devices', token, main })
}

function renewalBanner({ expiresAt }: OwnDevice, frame: PageFrame): Markup {
  const texts = ACCOUNT_TEXTS[frame.language]
  const date = new Intl.DateTimeFormat(frame.language, { dateStyle: 'medium', timeZone: 'UTC' }).format(expiresAt)
  return html`<div class="notice" role="status"><p>${texts.renewalDue(date)}</p>
<p class="actions"><a class="button" href="${ROOMS.renew}">${texts.renew}</a></p></div>`
}

function deviceSection(device: OwnDevice, token: string, frame: PageFrame): Markup {
  const texts = DEVICES_TEXTS[frame.language]
  const { id, label, state, inHand, platform, madeAt, lastUsedAt, expiresAt, olderUntil } = device
  return html`<section class="item" aria-labelledby="device-${id}">
<h2 id="device-${id}"><bdi>${label}</bdi>${inHand && html` <span class="badge">${texts.inHand}</span>`}${state !== 'active' && html` <span class="badge warning">${texts.states[state]}</span>`}</h2>
<dl class="facts">
${platform !== null && html`<div><dt>${texts.platform}</dt><dd>${PLATFORM_NAMES[platform] ?? platform}</dd></div>`}
<div><dt>${texts.madeAt}</dt><dd>${day(madeAt, frame)}</dd></div>
<div><dt>${texts.lastUsedAt}</dt><dd>${lastUsedAt === null ? texts.never : hour(lastUsedAt, frame)}</dd></div>
${state === 'active' && html`<div><dt>${texts.expiresAt}</dt><dd>${day(expiresAt, frame)}</dd></div>`}
</dl>
${olderUntil !== null && html`<p>${texts.olderUntil(dayText(olderUntil, frame))}</p>`}
${state === 'held' && html`<p>${texts.heldByOperator}</p>`}
${state !== 'revoked' && changes(device, token, frame)}
</section>`
}

/** What can be done with a device, behind one word, so that the page stays calm. */
function changes({ id, label, state, inHand, askEveryTime }: OwnDevice, token: string, frame: PageFrame): Markup {
  const texts = DEVICES_TEXTS[frame.language]
  const at = `/account/devices/${id}`
  const asking = askEveryTime ? texts.askNoMore : texts.ask
  return html`<details><summary>${texts.change}</summary>
<form method="post" action="${at}/rename">${tokenField(token)}
<label for="label-${id}">${texts.name}</label>
<input id="label-${id}" name="label" type="text" required maxlength="${MAX_LABEL_CHARS}" autocomplete="off" spellcheck="false" value="${label}" aria-describedby="hint-${id}">
<p class="hint" id="hint-${id}">${texts.nameHint}</p>
<button class="plain">${texts.rename}</button>
</form>
${state === 'active' && deed(asking, `${at}/${askEveryTime ? 'ask-no-more' : 'ask'}`, token)}
${inHand && html`<p class="actions"><a class="button plain" href="${ROOMS.renew}">${ACCOUNT_TEXTS[frame.language].renew}</a></p>`}
${state !== 'lost' && state !== 'held' && !inHand && deed(texts.lose, `${at}/lost`, token)}
${state === 'lost' && deed(texts.find, `${at}/found`, token)}
<p class="actions"><a class="button warning" href="${at}/revoke">${texts.revoke}</a></p>
</details>`
}

function deed(
  { button, text }: { readonly button: string; readonly text: string },
  action: string,
  token: string,
): Markup {
  return html`<div class="deed"><p class="hint">${text}</p>
${deedForm(action, token, button)}</div>`
}

/** Names of products, the same in every language. */
const PLATFORM_NAMES: Readonly<Record<string, string>> = {
  windows: 'Windows',
  mac: 'macOS',
  iphone: 'iPhone',
  ipad: 'iPad',
  'android-phone': 'Android',
  'android-tablet': 'Android',
  chromebook: 'ChromeOS',
  linux: 'Linux',
  other: '–',
}

function dayText(time: number, { language }: PageFrame): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' }).format(time)
}

export interface RevokingView {
  readonly device: OwnDevice
  /** whether no other device works */
  readonly isLast: boolean
  readonly token: string
  readonly frame: PageFrame
}

/** What follows from revoking a device, before it is done. */
export function renderRevokingPage({ device, isLast, token, frame }: RevokingView): string {
  const texts = DEVICES_TEXTS[frame.language].revoking
  const main = html`<h1>${texts.heading(device.label)}</h1>
<p>${texts.text}</p>
${device.inHand && html`<p><strong>${texts.inHand}</strong></p>`}
${isLast && html`<p class="error">${texts.only}</p>`}
${deedForm(`/account/devices/${device.id}/revoke`, token, texts.button, 'warning')}
<p class="actions"><a href="${ROOMS.devices}">${texts.keep}</a></p>`
  return renderAccountPage({ title: texts.title, frame, place: 'devices', token, main })
}

/** After the device in hand was revoked: nobody is signed in any more. */
export function renderRevokedPage(frame: PageFrame): string {
  const { title, heading, text, next } = DEVICES_TEXTS[frame.language].revoked
  return renderPage({ title, frame, main: html`<h1>${heading}</h1>\n<p class="lead">${text}</p>\n<p>${next}</p>` })
}
