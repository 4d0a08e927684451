import type { FastifyReply } from 'fastify'
import { CHECKS, type CheckName } from '../../../domain/proving/check.ts'
import { IdentityError } from '../../../errors.ts'
import { frameFor, html, type Markup } from '../../page.ts'
import { contentSecurityPolicy, SCRIPTED_PAGE, sendPage } from '../../page-headers.ts'
import { qrPath } from '../../qr-path.ts'
import { CHECKS_TEXTS } from '../../texts/account-checks.ts'
import { tokenField } from './account-page.ts'
import { nameField, renderAddingPage, renderChecksPage, renderNewCodesPage } from './checks-page.ts'
import { type AccountPages, fieldOf, goTo, type OwnRoute, type OwnVisit, paramOf, ROOMS } from './visit.ts'

/** The checks of a person: seen, added, named, removed. */
export const CHECK_LIST_ROUTES: readonly OwnRoute[] = [
  { method: 'GET', address: '/account/checks', needs: 'session', handler: list },
  { method: 'GET', address: '/account/checks/add/:check', needs: 'fresh-proof', handler: showAdding },
  { method: 'POST', address: '/account/checks/add/:check', needs: 'fresh-proof', handler: add },
  { method: 'POST', address: '/account/checks/:id/rename', needs: 'fresh-proof', handler: rename },
  { method: 'POST', address: '/account/checks/:id/remove', needs: 'fresh-proof', handler: remove },
]

async function list({ account }: AccountPages, { session, frame, reply }: OwnVisit): Promise<FastifyReply> {
  const checks = await account.checks.list(session.subscriberId)
  const { addable } = account.checks
  return sendPage(reply, renderChecksPage({ checks, addable, token: session.token, frame }))
}

async function rename({ account }: AccountPages, visit: OwnVisit): Promise<FastifyReply> {
  await account.checks.rename(visit.session, paramOf(visit, 'id'), fieldOf(visit, 'label'))
  return goTo(visit.reply, ROOMS.checks)
}

async function remove({ account }: AccountPages, visit: OwnVisit): Promise<FastifyReply> {
  await account.checks.remove(visit.session, paramOf(visit, 'id'))
  return goTo(visit.reply, ROOMS.checks)
}

/** How each check is added: what the page shows, and what is done with what comes back. */
interface Adding {
  show(pages: AccountPages, visit: OwnVisit): Promise<FastifyReply>
  add(pages: AccountPages, visit: OwnVisit): Promise<FastifyReply>
}

function showAdding(pages: AccountPages, visit: OwnVisit): Promise<FastifyReply> {
  return ADDINGS[checkOf(pages, visit)].show(pages, visit)
}

function add(pages: AccountPages, visit: OwnVisit): Promise<FastifyReply> {
  return ADDINGS[checkOf(pages, visit)].add(pages, visit)
}

function checkOf({ account }: AccountPages, visit: OwnVisit): CheckName {
  const named = paramOf(visit, 'check')
  const check = CHECKS.find((name) => name === named)
  if (check && account.checks.addable.includes(check)) return check
  throw new IdentityError('not-found', 'There is nothing of this name to add.')
}

const ADDINGS: Readonly<Record<CheckName, Adding>> = {
  passkey: {
    async show({ account, addPasskeyAssets }, { session, request, reply }) {
      const options = await account.checks.beginPasskey(session, session.id)
      const frame = frameFor(request, addPasskeyAssets)
      const texts = CHECKS_TEXTS[frame.language]
      const content = html`<p class="lead">${texts.passkey.text}</p>
<noscript><p class="error">${texts.passkey.script}</p></noscript>
<form method="post" action="/account/checks/add/passkey" id="passkey-form" data-options="${JSON.stringify(options)}" hidden>
${tokenField(session.token)}
<input type="hidden" name="response" id="passkey-response">
${nameField(texts.proposed.passkey, frame)}
<p class="error" id="passkey-failed" role="alert" hidden>${texts.passkey.failed}</p>
<p class="actions"><button>${texts.passkey.button}</button></p>
</form>`
      reply.header('content-security-policy', contentSecurityPolicy(SCRIPTED_PAGE))
      return sendPage(reply, renderAddingPage(texts.passkey.heading, content, { token: session.token, frame }))
    },
    async add({ account }, visit) {
      const made = { label: fieldOf(visit, 'label'), response: fieldOf(visit, 'response') }
      await account.checks.finishPasskey(visit.session, visit.session.id, made)
      return goTo(visit.reply, ROOMS.checks)
    },
  },

  totp: {
    async show({ account }, { session, frame, reply }) {
      const { pending, keepsake } = await account.checks.beginTotp(session)
      const texts = CHECKS_TEXTS[frame.language]
      const content = html`<p class="lead">${texts.totp.text}</p>
${scanning(keepsake, texts.totp)}
<form method="post" action="/account/checks/add/totp">${tokenField(session.token)}
<input type="hidden" name="pending" value="${pending}">
${nameField(texts.proposed.totp, frame)}
<label for="code">${texts.totp.code}</label>
<input class="code" id="code" name="code" type="text" required inputmode="numeric" autocomplete="one-time-code" maxlength="12" placeholder="000000">
<p class="actions"><button>${texts.totp.button}</button></p>
</form>`
      return sendPage(reply, renderAddingPage(texts.totp.heading, content, { token: session.token, frame }))
    },
    async add({ account }, visit) {
      const made = { pending: fieldOf(visit, 'pending'), label: fieldOf(visit, 'label'), code: fieldOf(visit, 'code') }
      await account.checks.finishTotp(visit.session, made)
      return goTo(visit.reply, ROOMS.checks)
    },
  },

  password: {
    async show(_pages, { session, frame, reply }) {
      const { password: texts } = CHECKS_TEXTS[frame.language]
      const content = html`<p class="lead">${texts.text}</p>
<form method="post" action="/account/checks/add/password">${tokenField(session.token)}
<label for="password">${texts.label}</label>
<input id="password" name="password" type="password" required minlength="8" maxlength="256" autocomplete="new-password" aria-describedby="password-hint">
<p class="hint" id="password-hint">${texts.hint}</p>
<button>${texts.button}</button>
</form>`
      return sendPage(reply, renderAddingPage(texts.heading, content, { token: session.token, frame }))
    },
    async add({ account }, visit) {
      await account.checks.setPassword(visit.session, fieldOf(visit, 'password'))
      return goTo(visit.reply, ROOMS.checks)
    },
  },

  'recovery-code': {
    async show({ newCodesAssets }, { session, request, reply }) {
      reply.header('content-security-policy', contentSecurityPolicy(SCRIPTED_PAGE))
      return sendPage(reply, renderNewCodesPage({ token: session.token, frame: frameFor(request, newCodesAssets) }))
    },
    /** The page stays: a redirect would take the codes with it, which are nowhere else. */
    async add({ account }, { session, form, reply }) {
      await account.checks.renewRecoveryCodes(session, form.getAll('digest'))
      return reply.status(204).send()
    },
  },
}

function scanning(
  { uri, secret }: { readonly uri: string; readonly secret: string },
  texts: (typeof CHECKS_TEXTS)['en']['totp'],
): Markup {
  const { size, path } = qrPath(uri)
  return html`<div class="scan">
<div class="qr"><svg viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges" role="img" aria-label="${texts.qrLabel}"><path d="${path}"/></svg></div>
<div>
<p><a href="${uri}">${texts.open}</a></p>
<p class="hint">${texts.byHand}</p>
<p><code class="secret">${secret.match(/.{1,4}/g)!.join(' ')}</code></p>
</div>
</div>`
}
