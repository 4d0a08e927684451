import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import type { TLSSocket } from 'node:tls'
import { gzipSync } from 'node:zlib'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { createAppleProfiles } from '../../../src/domain/apple-profile.ts'
import { createPortal, PORTAL_ROUTES } from '../../../src/http/portal/portal.ts'
import { makeIdentityFile } from '../../../src/web/identity-file.ts'
import { makeOwnKey } from '../../../src/web/own-key.ts'
import { enrollDevice, type House, openHouse } from '../../domain/house.ts'
import {
  BROWSER,
  codeOf,
  HOST,
  keepLog,
  listen,
  makeIdentity,
  type Reply,
  shakeHands,
  URL_OF_LISTENER,
  type Visit,
  visitHttps,
} from '../visitor.ts'

/** What the page's script sends. */
const OWN_SCRIPT = {
  accept: 'application/json',
  'content-type': 'application/json',
  'sec-fetch-site': 'same-origin',
  origin: URL_OF_LISTENER,
} as const

interface Scene {
  readonly house: House
  readonly portal: FastifyInstance
  readonly port: number
  readonly lines: string[]
  readonly visit: (visit: Visit) => Promise<Reply>
  readonly invite: (label?: string) => Promise<string>
}

async function setScene(t: Test, wishes: Parameters<typeof openHouse>[1] = {}): Promise<Scene> {
  const house = await openHouse(t, wishes)
  const { log, lines } = keepLog()
  const identity = await makeIdentity(house)
  const portal = await createPortal({
    ...house,
    url: URL_OF_LISTENER,
    identity,
    currentIdentity: () => identity,
    signonUrl: 'https://signon.id.test:8446',
    appleProfiles: createAppleProfiles(house),
    issuers: house.authority.issuers,
    log,
  })
  const port = await listen(t, portal)
  return {
    house,
    portal,
    port,
    lines,
    visit: (visit) => visitHttps(house, port, visit),
    invite: async (label) => {
      const { token } = await house.enrollment.invite({ actor: 'operator:test', ...(label !== undefined && { label }) })
      return `/enroll/${token}`
    },
  }
}

t.test('the pages', async (t) => {
  const { visit, invite } = await setScene(t)
  const path = await invite('<script>alert("1")</script>')
  for (const [address, expected] of [
    ['/', 'invitation'],
    [path, 'value="&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;"'],
  ] as const) {
    const page = await visit({ path: address, headers: BROWSER })
    t.equal(page.status, 200)
    t.match(page.text, expected)
    t.notMatch(page.text, /<script>|<style| style=| on[a-z]+="|javascript:/)
    t.match(page.headers, {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'content-security-policy':
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'; script-src 'self'; connect-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'",
    })
  }
  t.match((await visit({ path, headers: BROWSER })).text, /<noscript>/)
  t.match((await visit({ path })).text, '<!doctype html>', 'looking uses nothing up')
})

t.test('an enrollment: the request goes up, the certificate comes down, the key does neither', async (t) => {
  const { house, lines, visit, invite } = await setScene(t)
  const path = await invite()
  const { privateKey, request } = await makeOwnKey()
  const sent = JSON.stringify({ label: 'Laptop', request })
  const reply = await visit({ path, method: 'POST', headers: OWN_SCRIPT, body: sent })
  t.equal(reply.status, 201)
  t.equal(reply.headers['cache-control'], 'no-store')
  const { certificate, chain, label, totp, recovery_codes: codes, check } = JSON.parse(reply.text)
  const leaf = new X509Certificate(certificate)
  t.ok(leaf.verify(new X509Certificate(chain).publicKey))
  t.equal(leaf.subject, 'CN=Laptop')
  t.equal(label, 'Laptop')
  const fingerprint = leaf.fingerprint256.replaceAll(':', '').toLowerCase()
  t.equal(check, `https://signon.id.test:8446/check?from=enrollment&expect=${fingerprint}`)
  t.match(totp, { uri: /^otpauth:\/\/totp\//, secret: /^[A-Z2-7]{32}$/, qr: { size: Number, path: /^M\d+ \d+h/ } })
  t.equal(codes.length, 10)

  const key = Buffer.from((await crypto.subtle.exportKey('jwk', privateKey)).d!, 'base64url')
  for (const traffic of [sent, reply.text]) {
    const decoded = Buffer.from(traffic.replace(/[^A-Za-z0-9+/]/g, ''), 'base64')
    const request64 = Buffer.from(request, 'base64')
    for (const bytes of [Buffer.from(traffic), decoded, request64]) t.notOk(bytes.includes(key))
  }
  const log = lines.join('')
  t.match(log, '/enroll/:token')
  for (const secret of [path.slice(8), totp.secret, ...codes, request, privateKey.type]) t.notOk(log.includes(secret))
  t.equal((await house.store.certificates({ profile: 'browser' })).length, 1)
})

t.test('an invitation that is used, old or made up: a page for people, a problem for programs', async (t) => {
  const { house, visit, invite } = await setScene(t)
  const used = await invite()
  const { request } = await makeOwnKey()
  const body = JSON.stringify({ label: 'Laptop', request })
  await visit({ path: used, method: 'POST', headers: OWN_SCRIPT, body })
  const old = await invite()
  house.clock.time += house.policy.invitationLifetime
  for (const path of [used, old, `/enroll/${'A'.repeat(43)}`, '/enroll/x']) {
    const code = path === used ? 'invitation-used' : 'invitation-unusable'
    const page = await visit({ path, headers: BROWSER })
    t.equal(page.status, 410)
    t.match(page.text, `<code>${code}</code>`)
    t.equal(codeOf(await visit({ path })), code)
    const reply = await visit({ path, method: 'POST', headers: OWN_SCRIPT, body })
    t.equal(reply.status, 410)
    t.equal(codeOf(reply), code)
  }
  t.equal((await house.store.certificates({ profile: 'browser' })).length, 1)
})

t.test('20 at once with one invitation over the wire: one certificate', async (t) => {
  const { house, visit, invite } = await setScene(t)
  const path = await invite()
  const replies = await Promise.all(
    Array.from({ length: 20 }, async () => {
      const { request } = await makeOwnKey()
      return visit({ path, method: 'POST', headers: OWN_SCRIPT, body: JSON.stringify({ label: 'Laptop', request }) })
    }),
  )
  t.strictSame(replies.map(({ status }) => status).sort(), [201, ...Array.from({ length: 19 }, () => 410)])
  t.equal((await house.store.certificates({ profile: 'browser' })).length, 1)
})

t.test('what is refused leaves the invitation good', async (t) => {
  const { visit, invite } = await setScene(t)
  const path = await invite()
  const { request } = await makeOwnKey()
  const REFUSED: readonly [code: string, status: number, body: unknown][] = [
    ['body-malformed', 400, undefined],
    ['body-malformed', 400, '{'],
    ['query-invalid', 400, '[]'],
    ['query-invalid', 400, {}],
    ['query-invalid', 400, { label: 'Laptop' }],
    ['query-invalid', 400, { label: ['Laptop'], request }],
    ['query-invalid', 400, { label: 7, request }],
    ['query-invalid', 400, { label: 'Laptop', request, key: 'no' }],
    ['query-invalid', 400, { label: 'Laptop', request, platform: 'toaster' }],
    ['query-invalid', 400, { label: 'x'.repeat(5_000), request }],
    ['query-invalid', 400, { label: 'Laptop', request: 'A'.repeat(30_000) }],
    ['label-invalid', 400, { label: '\u202eptop', request }],
    ['request-malformed', 400, { label: 'Laptop', request: `${request} ` }],
    ['request-malformed', 400, { label: 'Laptop', request: request.replace(/.$/, '') }],
    ['der-malformed', 400, { label: 'Laptop', request: request.slice(4) }],
    ['body-too-large', 413, { label: 'x'.repeat(70_000), request }],
  ]
  for (const [code, status, content] of REFUSED) {
    const body = typeof content === 'object' ? JSON.stringify(content) : (content as string | undefined)
    const reply = await visit({ path, method: 'POST', headers: OWN_SCRIPT, body })
    t.equal(reply.status, status, `${code}: ${body?.slice(0, 30)}`)
    t.equal(codeOf(reply), code)
  }
  const form = { ...OWN_SCRIPT, 'content-type': 'application/x-www-form-urlencoded' }
  t.equal((await visit({ path, method: 'POST', headers: form, body: 'label=x' })).status, 415)
  const body = JSON.stringify({ label: 'Laptop', request })
  t.equal((await visit({ path, method: 'POST', headers: OWN_SCRIPT, body })).status, 201)
})

t.test('the kind of machine is kept with the device', async (t) => {
  const { house, visit, invite } = await setScene(t)
  const { request } = await makeOwnKey()
  const body = JSON.stringify({ label: 'Phone', request, platform: 'iphone' })
  t.equal((await visit({ path: await invite(), method: 'POST', headers: OWN_SCRIPT, body })).status, 201)
  const [certificate] = await house.store.certificates({ profile: 'browser' })
  t.match(await house.store.device(certificate!.deviceId!), { platform: 'iphone' })
})

t.test(
  'a profile for Apple’s devices: the file goes up locked, and comes back signed, at an address of its own',
  async (t) => {
    const { house, lines, visit, invite } = await setScene(t)
    const { privateKey, request } = await makeOwnKey()
    const sent = JSON.stringify({ label: 'Phone', request })
    const enrolled = JSON.parse(
      (await visit({ path: await invite(), method: 'POST', headers: OWN_SCRIPT, body: sent })).text,
    )
    const password = 'onlyinthepage'
    const { bytes } = await makeIdentityFile(enrolled, privateKey, password, 'old')
    const order = { permit: enrolled.profile_permit, file: Buffer.from(bytes).toString('base64') }
    const ask = (body: object) =>
      visit({ path: '/apple-profile', method: 'POST', headers: OWN_SCRIPT, body: JSON.stringify(body) })
    const offered = await ask(order)
    t.equal(offered.status, 201)
    const { address } = JSON.parse(offered.text)

    const profile = await visit({ path: address, headers: BROWSER })
    t.equal(profile.status, 200)
    t.match(profile.headers, {
      'content-type': 'application/x-apple-aspen-config',
      'content-disposition': 'attachment; filename="countersign.mobileconfig"',
      'cache-control': 'no-store',
    })
    for (const said of [lines.join(''), profile.text, offered.text, sent]) t.notOk(said.includes(password))
    t.notOk(lines.join('').includes(address), 'the address is not logged')

    for (const [code, status, body] of [
      ['apple-profile-unusable', 410, { ...order, permit: order.permit.slice(1) }],
      ['body-malformed', 400, { ...order, file: 'no base64' }],
      ['body-malformed', 400, { ...order, file: 'AAAA' }],
      ['query-invalid', 400, { file: order.file }],
      ['query-invalid', 400, { ...order, password }],
    ] as const) {
      const refused = await ask(body)
      t.equal(refused.status, status)
      t.equal(codeOf(refused), code)
    }
    const gone = await visit({ path: `${address}A`, headers: BROWSER })
    t.equal(gone.status, 410)
    t.match(gone.text, '<code>apple-profile-unusable</code>')
    t.equal(codeOf(await visit({ path: '/apple-profile' })), 'query-invalid')
    await house.store.ping()
  },
)

t.test(
  'another check than the app: a password, where the policy has it; a passkey that nobody made is none',
  async (t) => {
    const wishes = ['passkey', 'password'] as const
    const { house, lines, visit, invite } = await setScene(t, { enrollWith: wishes, revalidateWith: wishes })
    const [path, { request }] = [await invite(), await makeOwnKey()]
    const apply = (more: object) =>
      visit({ path, method: 'POST', headers: OWN_SCRIPT, body: JSON.stringify({ label: 'Laptop', request, ...more }) })
    t.match((await visit({ path, headers: BROWSER })).text, 'name="check" value="password"')
    t.equal(codeOf(await apply({})), 'check-missing', 'an app is not enough here')
    t.equal(codeOf(await apply({ password: '12345678' })), 'password-refused')
    t.equal(codeOf(await apply({ passkey: '{}' })), 'check-refused')
    const begin = { path: `${path}/passkey`, method: 'POST', headers: OWN_SCRIPT }
    const begun = JSON.parse((await visit({ ...begin, body: '{"label":"Laptop"}' })).text)
    t.match(begun, { challenge: /^[\w-]{20,}$/, authenticatorSelection: { userVerification: 'required' } })
    t.equal(codeOf(await visit({ ...begin, body: '{}' })), 'query-invalid')
    t.equal(codeOf(await visit({ ...begin, path: '/enroll/x/passkey', body: '{"label":"L"}' })), 'invitation-unusable')

    const password = 'four quiet words here'
    const reply = await apply({ password })
    t.equal(reply.status, 201)
    const { totp, recovery_codes: codes } = JSON.parse(reply.text)
    t.equal(totp, null)
    t.equal(codes.length, 10)
    t.notOk(lines.join('').includes(password))
    const [certificate] = await house.store.certificates({ profile: 'browser' })
    const kept = await house.store.credentials(certificate!.subscriberId!)
    t.strictSame([...new Set(kept.map(({ check }) => check))].toSorted(), ['password', 'recovery-code'])
  },
)

t.test('where enrollment is open, our own page alone sends people on', async (t) => {
  const { visit } = await setScene(t, { enrollment: 'open' })
  const door = await visit({ path: '/', headers: BROWSER })
  t.match(door.text, '<form method="post" action="/enroll" enctype="text/plain">')
  t.match(door.headers['content-security-policy'], /form-action 'self'/)
  const own = { ...BROWSER, 'content-type': 'text/plain', 'sec-fetch-site': 'same-origin', origin: 'null' }
  const come = (headers: Record<string, string>) => visit({ path: '/enroll', method: 'POST', headers, body: '' })
  t.equal((await come({ ...own, 'sec-fetch-site': 'cross-site' })).status, 403)
  t.equal((await come(own)).status, 303)
})

t.test('nobody is enrolled by another site, nor at another name', async (t) => {
  const { visit, invite } = await setScene(t)
  const path = await invite()
  const { request } = await makeOwnKey()
  const body = JSON.stringify({ label: 'Laptop', request })
  for (const { method, address } of PORTAL_ROUTES) {
    if (method === 'GET') continue
    for (const from of [
      { 'sec-fetch-site': 'cross-site' },
      { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' },
    ]) {
      const reply = await visit({
        path: address.replace('/enroll/:token', path),
        method,
        headers: { ...OWN_SCRIPT, ...from },
        body,
      })
      t.equal(codeOf(reply), 'cross-site')
    }
  }
  for (const host of ['evil.example', `${HOST}:1`, HOST]) {
    t.equal((await visit({ path, headers: { host } })).status, 421, host)
  }
})

t.test('whoever comes is invited where enrollment is open, and nowhere else', async (t) => {
  const closed = await setScene(t)
  const asked = { path: '/enroll', method: 'POST', headers: BROWSER }
  const nothing = await closed.visit(asked)
  t.equal(nothing.status, 404)
  const { visit } = await setScene(t, { enrollment: 'open', enrollmentsPerHour: 1 })
  const led = await visit(asked)
  t.equal(led.status, 303)
  t.equal((await visit({ path: String(led.headers.location), headers: BROWSER })).status, 200)
  t.equal((await visit(asked)).status, 429)
})

t.test('no certificate is asked for here, even of who has one', async (t) => {
  const { house, port, portal } = await setScene(t)
  const device = await enrollDevice(house)
  const arrived = once(portal.server, 'secureConnection')
  const socket = await shakeHands(house.authority.issuers.root.pem, port, { device }, 'http/1.1')
  const [seen] = (await arrived) as [TLSSocket]
  t.equal(seen.getPeerX509Certificate(), undefined)
  socket.destroy()
})

t.test('the script that the page loads is there, small, and asks nobody else', async (t) => {
  const { visit, invite } = await setScene(t)
  const { text } = await visit({ path: await invite(), headers: BROWSER })
  const addresses = Array.from(text.matchAll(/(?:href|src)="(\/[^"]*)"/g), ([, address]) => address!)
  t.equal(addresses.length, 3)
  for (const path of addresses) t.equal((await visit({ path })).status, 200, path)
  const script = await visit({ path: addresses.find((address) => address.endsWith('.js'))! })
  t.match(script.headers, { 'content-type': 'text/javascript; charset=utf-8', 'cache-control': /immutable/ })
  t.ok(gzipSync(script.text).length < 60_000)
  const hosts = Array.from(script.text.matchAll(/https?:\/\/[^"'` ]+/g), ([address]) => address)
  // A name, and a sentence for programmers of the library that asks for passkeys: neither is ever fetched.
  t.strictSame(hosts.map((address) => new URL(address).hostname).toSorted(), ['simplewebauthn.dev', 'www.w3.org'])
})
