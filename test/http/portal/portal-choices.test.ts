import t from 'tap'
import { markOf } from '../../../src/http/portal/browser-cookie.ts'
import { makeIdentityFile } from '../../../src/web/identity-file.ts'
import { makeOwnKey } from '../../../src/web/own-key.ts'
import { DIGESTS } from '../../checks/recovery-digests.ts'
import { enrollDevice } from '../../domain/house.ts'
import { BROWSER, codeOf } from '../visitor.ts'
import { COOKIE, OWN_SCRIPT, setScene } from './scene.ts'

t.test('the kind of machine is kept with the device', async (t) => {
  const { house, visit, invite } = await setScene(t)
  const { request } = await makeOwnKey()
  const body = JSON.stringify({ label: 'Phone', request, platform: 'iphone', recovery_digests: DIGESTS })
  t.equal((await visit({ path: await invite(), method: 'POST', headers: OWN_SCRIPT, body })).status, 201)
  const [certificate] = await house.store.certificates({ profile: 'browser' })
  t.match(await house.store.device(certificate!.deviceId!), { platform: 'iphone' })
})

t.test(
  'a profile for Apple’s devices: the file goes up locked, and comes back signed, at an address of its own',
  async (t) => {
    const { house, lines, visit, invite } = await setScene(t)
    const { privateKey, request } = await makeOwnKey()
    const sent = JSON.stringify({ label: 'Phone', request, recovery_digests: DIGESTS })
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

    for (const elsewhere of ['none', 'same-site', 'cross-site']) {
      const sent = await visit({ path: address, headers: { ...BROWSER, 'sec-fetch-site': elsewhere } })
      t.equal(sent.status, 403, 'a link brings nobody the identity of its sender')
    }
    const profile = await visit({ path: address, headers: { ...BROWSER, 'sec-fetch-site': 'same-origin' } })
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
    const { house, lines, visit, invite, introduced } = await setScene(t, {
      enrollWith: wishes,
      revalidateWith: wishes,
    })
    const [path, { request }] = [await invite(), await makeOwnKey()]
    const apply = (more: object) => {
      const body = JSON.stringify({ label: 'Laptop', request, recovery_digests: DIGESTS, ...more })
      return visit({ path, method: 'POST', headers: OWN_SCRIPT, body })
    }
    t.match((await visit({ path: await introduced(path), headers: BROWSER })).text, 'name="check" value="password"')
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
    t.match(JSON.parse(reply.text), { totp: null, recovery_codes: true })
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

t.test('whoever comes is invited where enrollment is open, and nowhere else', async (t) => {
  const closed = await setScene(t)
  const asked = { path: '/enroll', method: 'POST', headers: BROWSER }
  const nothing = await closed.visit(asked)
  t.equal(nothing.status, 404)
  const { visit } = await setScene(t, { enrollment: 'open', enrollmentsPerHour: 1 })
  const led = await visit(asked)
  t.equal(led.status, 303)
  t.equal((await visit({ path: String(led.headers.location) })).status, 200)
  t.equal((await visit(asked)).status, 429)
})

t.test(
  'a browser is asked first whose certificate it shows; what it shows is told before anything is made',
  async (t) => {
    const { house, visit, invite, introduced } = await setScene(t)
    const path = await invite()
    const asked = await visit({ path, headers: BROWSER })
    t.equal(asked.status, 303)
    const browser = markOf(COOKIE).digest
    t.equal(
      asked.headers.location,
      `https://signon.id.test:8446/introduce/${path.slice('/enroll/'.length)}?browser=${browser}`,
    )
    const onward = await visit({ path: `${path}?return_to=https%3A%2F%2Fshop.example%2F%3Fa%26b`, headers: BROWSER })
    t.match(onward.headers.location, /&return_to=https%3A%2F%2Fshop\.example%2F%3Fa%26b$/)
    const nobody = await visit({ path: await introduced(path), headers: BROWSER })
    t.equal(nobody.status, 200)
    t.notMatch(nobody.text, 'id="stranger"')
    const somebody = await enrollDevice(house, 'Laptop of Ada')
    const known = await visit({ path: await introduced(path, somebody.fingerprint), headers: BROWSER })
    t.match(known.text, /id="stranger">.*<bdi>Laptop of Ada<\/bdi>/)

    // Whatever stands there, nothing goes round by itself, and nothing is hidden by it.
    const other = await introduced(await invite())
    for (const shown of ['x', '', other.replace(/.*=/, '')]) {
      const led = await visit({ path: `${path}?shown=${shown}`, headers: BROWSER })
      t.equal(led.status, 200)
      t.match(led.text, `href="${asked.headers.location}"`)
      t.notMatch(led.text, 'id="make"')
    }
    t.equal((await visit({ path: `${path}?shown=a&shown=b`, headers: BROWSER })).status, 400)
  },
)

t.test('a link with a note of its sender’s own browser hides nobody’s certificate', async (t) => {
  const { visit, invite, introduced } = await setScene(t)
  const path = await invite()
  const link = await introduced(path)
  for (const cookie of ['', `__Host-countersign-browser=${'C'.repeat(43)}`]) {
    const led = await visit({ path: link, headers: { ...BROWSER, cookie } })
    t.notMatch(led.text, 'id="make"', 'nothing can be made here')
    const mark = cookie === '' ? String(led.headers['set-cookie']).split(';')[0] : cookie
    t.match(
      led.text,
      `/introduce/${path.slice('/enroll/'.length)}?browser=${markOf(mark).digest}"`,
      'before it was asked',
    )
  }
})
