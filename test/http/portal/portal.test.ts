import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import type { TLSSocket } from 'node:tls'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { PORTAL_ROUTES } from '../../../src/http/portal/portal.ts'
import { makeOwnKey } from '../../../src/web/own-key.ts'
import { drawRecoveryCodes } from '../../../src/web/recovery-codes.ts'
import { DIGESTS } from '../../checks/recovery-digests.ts'
import { enrollDevice } from '../../domain/house.ts'
import { BROWSER, codeOf, HOST, shakeHands } from '../visitor.ts'
import { OWN_SCRIPT, setScene } from './scene.ts'

t.test('the pages', async (t) => {
  const { visit, invite, introduced } = await setScene(t)
  const path = await invite('<script>alert("1")</script>')
  for (const [address, expected] of [
    ['/', 'invitation'],
    [await introduced(path), 'value="&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;"'],
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
  t.match((await visit({ path: await introduced(path), headers: BROWSER })).text, /<noscript>/)
  t.match((await visit({ path })).text, '<!doctype html>', 'looking uses nothing up')
})

t.test('an enrollment: the request goes up, the certificate comes down, the key does neither', async (t) => {
  const { house, lines, visit, invite } = await setScene(t)
  const path = await invite()
  const { privateKey, request } = await makeOwnKey()
  const { codes, digests } = await drawRecoveryCodes()
  const sent = JSON.stringify({ label: 'Laptop', request, recovery_digests: digests })
  const reply = await visit({ path, method: 'POST', headers: OWN_SCRIPT, body: sent })
  t.equal(reply.status, 201)
  t.equal(reply.headers['cache-control'], 'no-store')
  const { certificate, chain, label, totp, recovery_codes: areGood, check } = JSON.parse(reply.text)
  const leaf = new X509Certificate(certificate)
  t.ok(leaf.verify(new X509Certificate(chain).publicKey))
  t.equal(leaf.subject, 'CN=Laptop')
  t.equal(label, 'Laptop')
  const fingerprint = leaf.fingerprint256.replaceAll(':', '').toLowerCase()
  t.equal(check, `https://signon.id.test:8446/check?from=enrollment&expect=${fingerprint}`)
  t.match(totp, { uri: /^otpauth:\/\/totp\//, secret: /^[A-Z2-7]{32}$/, qr: { size: Number, path: /^M\d+ \d+h/ } })
  t.equal(areGood, true)

  const key = Buffer.from((await crypto.subtle.exportKey('jwk', privateKey)).d!, 'base64url')
  for (const traffic of [sent, reply.text]) {
    const decoded = Buffer.from(traffic.replace(/[^A-Za-z0-9+/]/g, ''), 'base64')
    const request64 = Buffer.from(request, 'base64')
    for (const bytes of [Buffer.from(traffic), decoded, request64]) t.notOk(bytes.includes(key))
  }
  const log = lines.join('')
  t.match(log, '/enroll/:token')
  for (const secret of [path.slice(8), totp.secret, ...codes, ...digests, request, privateKey.type])
    t.notOk(log.includes(secret))
  t.equal((await house.store.certificates({ profile: 'browser' })).length, 1)
})

t.test('an invitation that is used, old or made up: a page for people, a problem for programs', async (t) => {
  const { house, visit, invite } = await setScene(t)
  const used = await invite()
  const { request } = await makeOwnKey()
  const body = JSON.stringify({ label: 'Laptop', request, recovery_digests: DIGESTS })
  await visit({ path: used, method: 'POST', headers: OWN_SCRIPT, body })
  const old = await invite()
  house.clock.time += house.policy.invitationLifetime
  for (const path of [used, old, `/enroll/${'A'.repeat(43)}`, '/enroll/x']) {
    const code = path === used ? 'invitation-used' : 'invitation-unusable'
    const page = await visit({ path, headers: BROWSER })
    t.equal(page.status, 410)
    t.match(page.text, `<code>${code}</code>`)
    t.match(page.text, 'href="/"', 'and the front door')
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
      return visit({
        path,
        method: 'POST',
        headers: OWN_SCRIPT,
        body: JSON.stringify({ label: 'Laptop', request, recovery_digests: DIGESTS }),
      })
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
    ['query-invalid', 400, { label: 'Laptop', request, recovery_digests: 'x' }],
    ['query-invalid', 400, { label: 'Laptop', request, recovery_digests: [7] }],
    ['query-invalid', 400, { label: 'Laptop', request, recovery_digests: Array(65).fill('x') }],
    ['check-refused', 400, { label: 'Laptop', request }],
    ['check-refused', 400, { label: 'Laptop', request, recovery_digests: [...DIGESTS.slice(1), DIGESTS[1]] }],
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
  const body = JSON.stringify({ label: 'Laptop', request, recovery_digests: DIGESTS })
  t.equal((await visit({ path, method: 'POST', headers: OWN_SCRIPT, body })).status, 201)
})

t.test('nobody is enrolled by another site, nor at another name', async (t) => {
  const { visit, invite } = await setScene(t)
  const path = await invite()
  const { request } = await makeOwnKey()
  const body = JSON.stringify({ label: 'Laptop', request, recovery_digests: DIGESTS })
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
  const { visit, invite, introduced } = await setScene(t)
  const { text } = await visit({ path: await introduced(await invite()), headers: BROWSER })
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
