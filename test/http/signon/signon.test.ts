import { createHash } from 'node:crypto'
import t from 'tap'
import type { Site } from '../../../src/domain/site/site.ts'
import { SIGNON_ROUTES } from '../../../src/http/signon/signon.ts'
import { addSite, enrollDevice, makeTicket, type TestDevice } from '../../domain/house.ts'
import { addPasskey } from '../../domain/person.ts'
import { AUTHORITY, BROWSER, codeOf, OWN_FORM, shakeHands, type Visit } from '../visitor.ts'
import { apiCertificate, setScene } from './scene.ts'

t.test('the walk, over real handshakes', async (t) => {
  const { house, device, lines, visit, freshPath, form } = await setScene(t)
  const path = freshPath()
  for (let i = 0; i < 2; i++) {
    const page = await visit({ path, headers: BROWSER })
    t.equal(page.status, 200)
    t.match(page.headers, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' })
    t.match(page.text, 'shop.example')
    t.match(page.text, 'Laptop &lt;b&gt;&amp;&lt;/b&gt; &quot;co&quot;')
    t.notMatch(page.text, /<script|<style| style=| on[a-z]+=/)
  }
  t.match(await house.store.certificate(device.fingerprint), { validatedAt: null }, 'a GET spends nothing')
  const answer = form()
  const back = await visit({ path, method: 'POST', headers: OWN_FORM, body: answer })
  t.equal(back.status, 303)
  t.equal(back.headers.location, 'https://shop.example/return')
  t.match(await house.store.certificate(device.fingerprint), { validatedAt: house.clock.now(), validatedWith: 'totp' })

  const log = lines.join('')
  t.match(log, '/revalidate/:ticket', 'the log tells what was done')
  for (const secret of [path.slice(12), answer, device.fingerprint]) t.notOk(log.includes(secret), 'and no secret')
})

t.test('a recovery code, by a program that speaks neither Sec-Fetch-Site nor Origin', async (t) => {
  const { device, visit, freshPath, form } = await setScene(t)
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const body = form(device.recoveryCodes[2]!.toLowerCase(), 'recovery-code')
  t.equal((await visit({ path: freshPath(), method: 'POST', headers, body })).status, 303)
})

t.test('the headers of a page', async (t) => {
  const { visit, freshPath } = await setScene(t)
  const { headers } = await visit({ path: freshPath(), headers: BROWSER })
  t.match(headers, {
    'content-security-policy':
      "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' https://shop.example; frame-ancestors 'none'; base-uri 'none'",
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'strict-transport-security': /max-age=\d+/,
  })
  t.match(headers['permissions-policy'], 'camera=()')
  const refused = await visit({ path: '/revalidate/x', headers: BROWSER })
  t.match(refused.headers['content-security-policy'], "form-action 'self'; frame-ancestors 'none'")
  t.notOk('access-control-allow-origin' in refused.headers)
})

t.test('wrong answers: the form again for people, a problem for programs, and then a wait', async (t) => {
  const { house, visit, freshPath, form } = await setScene(t, { guessesPerMinute: 2 })
  const [path, { accept: _accept, ...program }] = [freshPath(), OWN_FORM]
  const page = await visit({ path, method: 'POST', headers: OWN_FORM, body: form('12345') })
  t.equal(page.status, 403)
  t.match(page.text, /role="alert"/)
  t.match(page.text, /aria-invalid="true"/)
  t.match(page.headers['content-security-policy'], 'https://shop.example')
  const problem = await visit({ path, method: 'POST', headers: program, body: form('12345') })
  t.equal(problem.status, 403)
  t.match(problem.headers, { 'content-type': 'application/problem+json' })
  t.equal(codeOf(problem), 'check-failed')
  const wait = await visit({ path, method: 'POST', headers: OWN_FORM, body: form() })
  t.equal(wait.status, 429)
  t.match(wait.headers, { 'retry-after': '15', 'content-type': 'text/html; charset=utf-8' })
  t.equal(codeOf(await visit({ path, method: 'POST', headers: program, body: form() })), 'too-many-guesses')
  house.clock.time += 60_000
  t.equal((await visit({ path, method: 'POST', headers: OWN_FORM, body: form() })).status, 303)
})

t.test('each refusal has a page of its own, and a problem of its own', async (t) => {
  const scene = await setScene(t)
  const { house, site, visit, freshPath, form } = scene
  const act = { at: house.clock.now(), actor: 'operator:test' } as const
  const spentPath = freshPath()
  await visit({ path: spentPath, method: 'POST', headers: OWN_FORM, body: form() })
  const phone = await enrollDevice(house, 'Phone')
  const [held, revoked, ended] = [await enrollDevice(house), await enrollDevice(house), await enrollDevice(house)]
  await house.store.run('hold', act, held.fingerprint)
  await house.store.run('revoke', act, revoked.fingerprint, 'superseded')
  const pathOf = (one: TestDevice, at: Site = site) => `/revalidate/${makeTicket(house, at, one)}`
  const picky = await addSite(house, 'picky', ['recovery-code'])
  for (const text of phone.recoveryCodes) {
    const path = pathOf(phone, picky)
    await visit({ path, device: phone, method: 'POST', headers: OWN_FORM, body: form(text, 'recovery-code') })
  }
  const notAfter = (await house.store.certificate(ended.fingerprint))!.notAfter
  const late = makeTicket(house, site, ended, { askedAt: notAfter, expiresAt: notAfter + 60_000 })
  const REFUSALS: readonly [code: string, status: number, visit: Visit][] = [
    ['ticket-unusable', 410, { path: '/revalidate/AAAA' }],
    ['ticket-spent', 410, { path: spentPath }],
    ['ticket-foreign', 403, { path: freshPath(), device: phone }],
    ['ticket-foreign', 403, { path: freshPath(), device: await apiCertificate(house, site) }],
    ['certificate-missing', 403, { path: freshPath(), device: undefined }],
    ['certificate-held', 403, { path: pathOf(held), device: held }],
    ['certificate-revoked', 409, { path: pathOf(revoked), device: revoked }],
    ['check-wanted', 403, { path: pathOf(phone, picky), device: phone }],
    ['not-found', 404, { path: '/revalidate' }],
    ['misdirected', 421, { path: freshPath(), headers: { ':authority': 'evil.test' } }],
    ['certificate-expired', 403, { path: `/revalidate/${late}`, device: ended }],
  ]
  const headings = new Set<string>()
  for (const [code, status, wrong] of REFUSALS) {
    if (code === 'certificate-expired') house.clock.time = notAfter + 1
    const problem = await visit({ ...wrong, headers: { accept: '*/*', ...wrong.headers } })
    t.equal(problem.status, status, code)
    t.equal(codeOf(problem), code)
    const page = await visit({ ...wrong, headers: { ...BROWSER, ...wrong.headers } })
    t.equal(page.status, status, code)
    t.match(page.headers, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' })
    t.match(page.text, `<code>${code}</code>`)
    headings.add(/<h1>(.*?)<\/h1>/.exec(page.text)?.[1] ?? '')
  }
  t.equal(headings.size, 10)
  house.clock.time = act.at
  t.match((await visit({ path: spentPath, headers: BROWSER })).text, 'href="https://shop.example/return"')
  t.notMatch((await visit({ path: spentPath, headers: BROWSER, device: phone })).text, 'shop.example')
  t.match((await visit({ path: '/', headers: BROWSER })).text, 'href="https://id.test:8444/"', 'the front door')
})

t.test('a site’s logo is there for everybody, and its language goes before ours', async (t) => {
  const { house, site, visit, freshPath } = await setScene(t)
  const logo = { hash: 'ab'.repeat(32), png: Buffer.from('a picture') }
  const policies = { site: { logo: logo.hash, languages: ['fr'], displayName: 'La <Boutique>' } as const, services: {} }
  const { id: siteId, policyPosition: basedOn, returnTo, checks } = site
  const change = { siteId, basedOn, returnTo, checks, policies, logo, service: null, values: '' }
  await house.store.run('setSitePolicies', { at: house.clock.now(), actor: 'operator:x' }, change)
  const page = await visit({ path: freshPath(), headers: { ...BROWSER, 'accept-language': 'de' } })
  t.match(page.text, '<html lang="fr">')
  t.match(page.text, 'La &lt;Boutique&gt;')
  t.match(page.headers['content-security-policy'], "img-src 'self'")
  const [, path] = /<img src="([^"]+)"/.exec(page.text) ?? []
  const picture = await visit({ path: path!, device: undefined })
  t.equal(picture.text, 'a picture')
  t.match(picture.headers, { 'content-type': 'image/png', 'x-content-type-options': 'nosniff' })
  t.match(picture.headers['content-security-policy'], 'sandbox')
  t.equal((await visit({ path: `/logo/${'cd'.repeat(32)}.png` })).status, 404)
})

t.test('"this was not me" holds, and says so', async (t) => {
  const { house, device, visit, freshPath } = await setScene(t)
  const path = `${freshPath()}/deny`
  const page = await visit({ path, method: 'POST', headers: OWN_FORM, body: '' })
  t.equal(page.status, 200)
  t.match(page.text, 'on hold')
  t.match(await house.store.certificate(device.fingerprint), { status: 'held' })
  t.equal((await visit({ path, method: 'POST', headers: OWN_FORM, body: '' })).status, 403)
})

t.test('nothing is changed for another site', async (t) => {
  const { house, device, visit, freshPath, form } = await setScene(t)
  const foreign: readonly Readonly<Record<string, string>>[] = [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'none' },
    { 'sec-fetch-site': 'same-origin', origin: 'https://evil.example' },
    { origin: 'https://evil.example' },
    { origin: `http://${AUTHORITY}` },
    { origin: 'null' },
  ]
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  for (const path of [freshPath(), `${freshPath()}/deny`]) {
    for (const sent of foreign) {
      const reply = await visit({ path, method: 'POST', headers: { ...headers, ...sent }, body: form() })
      t.equal(reply.status, 403, JSON.stringify(sent))
      t.equal(codeOf(reply), 'cross-site')
    }
  }
  t.match(await house.store.certificate(device.fingerprint), { validatedAt: null, status: 'active' })
})

t.test('bodies that are no form of ours', async (t) => {
  const { visit, freshPath, form } = await setScene(t)
  const urlencoded = 'application/x-www-form-urlencoded'
  const BODIES: readonly [status: number, type: string, body: string][] = [
    [400, urlencoded, ''],
    [400, urlencoded, 'check=totp'],
    [400, urlencoded, 'check=sms&answer=1'],
    [400, urlencoded, `${form()}&answer=000000`],
    [400, urlencoded, `${form()}&check=totp`],
    [413, urlencoded, `check=totp&answer=${'0'.repeat(8_192)}`],
    [415, 'application/json', JSON.stringify({ check: 'totp', answer: '1' })],
    [415, 'text/plain', form()],
    [415, 'multipart/form-data; boundary=x', form()],
  ]
  t.equal((await visit({ path: freshPath(), method: 'POST' })).status, 400, 'none at all')
  for (const [status, type, body] of BODIES) {
    const reply = await visit({ path: freshPath(), method: 'POST', headers: { 'content-type': type }, body })
    t.equal(reply.status, status, `${type}: ${body.slice(0, 40)}`)
    t.notOk(reply.headers.location)
  }
})

t.test('a page with a passkey has its script, and the answer leads back', async (t) => {
  const { house, device, visit, freshPath } = await setScene(t)
  const authenticator = await addPasskey(house, device)
  const path = freshPath()
  const page = await visit({ path, headers: BROWSER })
  t.match(page.headers['content-security-policy'], "script-src 'self'; connect-src 'self'")
  t.match(page.headers['content-security-policy'], "form-action 'self' https://shop.example")
  const [, script] = /<script type="module" src="([^"]+)"/.exec(page.text) ?? []
  t.match(await visit({ path: script!, device: undefined }), { status: 200, text: /navigator\.credentials\.get/ })
  const [, options] = /data-options="([^"]+)"/.exec(page.text) ?? []
  const answer = authenticator.get(JSON.parse(options!.replaceAll('&quot;', '"')))
  const body = new URLSearchParams({ check: 'passkey', answer }).toString()
  t.equal((await visit({ path, method: 'POST', headers: OWN_FORM, body })).status, 303)
  t.match(await house.store.certificate(device.fingerprint), { validatedWith: 'passkey' })
})

t.test('a site that asks again and again ends at a page', async (t) => {
  const { visit, freshPath, form } = await setScene(t, { walksPerMinute: 1 })
  await visit({ path: freshPath(), method: 'POST', headers: OWN_FORM, body: form() })
  const page = await visit({ path: freshPath(), headers: BROWSER })
  t.equal(page.status, 429)
  t.match(page.text, '<code>walk-loops</code>')
  t.notOk(page.headers.location)
})

t.test('nothing but the sealed ticket says where to go', async (t) => {
  const { visit, freshPath, form } = await setScene(t)
  const evil = 'https://evil.example/'
  const wishes = new URLSearchParams({ return_to: evil, returnTo: evil, redirect: evil, next: evil })
  const reply = await visit({
    path: `${freshPath()}?${wishes}`,
    method: 'POST',
    headers: { ...OWN_FORM, referer: evil, 'x-forwarded-host': 'evil.example' },
    body: `${form()}&${wishes}`,
  })
  t.equal(reply.headers.location, 'https://shop.example/return')
  for (const path of [
    '//evil.example/',
    '/\\evil.example',
    '/%2f%2fevil.example',
    '/revalidate//evil.example',
    '/revalidate/../',
  ]) {
    const wrong = await visit({ path })
    t.ok(wrong.status === 404 || wrong.status === 410, path)
    t.notOk(wrong.headers.location, path)
  }
})

t.test('every address of a ticket asks for the certificate', async (t) => {
  const { visit, freshPath, form } = await setScene(t)
  for (const { method, address } of SIGNON_ROUTES.filter(({ address }) => address.includes(':ticket'))) {
    const path = address.replace('/revalidate/:ticket', freshPath())
    const reply = await visit({
      path,
      method,
      device: undefined,
      ...(method === 'POST' && { headers: { 'content-type': OWN_FORM['content-type'] }, body: form() }),
    })
    t.equal(codeOf(reply), 'certificate-missing', `${method} ${address}`)
  }
})

t.test('HTTP/2 and nothing else, TLS 1.3 and nothing less', async (t) => {
  const { house, port, device } = await setScene(t)
  const anchor = house.authority.issuers.root.pem
  await t.rejects(shakeHands(anchor, port, { device }, 'http/1.1'), {
    code: 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL',
  })
  const socket = await shakeHands(anchor, port, { device })
  t.equal(socket.getProtocol(), 'TLSv1.3')
  socket.destroy()
})

t.test('what pages load is theirs for ever, under the name of its content', async (t) => {
  const { visit, freshPath } = await setScene(t)
  const { text } = await visit({ path: freshPath(), headers: BROWSER })
  const addresses = Array.from(text.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g), ([, address]) => address!)
  t.equal(addresses.length, 2)
  for (const path of addresses) {
    const asset = await visit({ path, device: undefined })
    t.equal(asset.status, 200, path)
    t.match(asset.headers['cache-control'], 'immutable')
    t.ok(path.includes(createHash('sha256').update(asset.text).digest('base64url').slice(0, 16)))
  }
})
