import { HOTP, Secret } from 'otpauth'
import t from 'tap'
import type { Credential } from '../../../../src/domain/proving/check.ts'
import { Authenticator } from '../../../checks/authenticator.ts'
import { DIGESTS } from '../../../checks/recovery-digests.ts'
import { BROWSER, OWN_FORM, type Reply } from '../../visitor.ts'
import { cookieOf, type Owner, setOwner } from './owner.ts'

t.test('what there is: the last of its kind stays', async (t) => {
  const owner = await setOwner(t)
  const page = (await owner.get('/account/checks')).text
  t.match(page, 'Authenticator app')
  t.match(page, '10 are left.')
  t.match(page, 'This one has to stay')
  const [totp] = await checksOf(owner)
  const needed = await owner.post(`/account/checks/${totp!.id}/remove`)
  t.equal(needed.status, 409)
  t.match(needed.text, '<code>check-needed</code>')
  t.equal((await owner.post(`/account/checks/${totp!.id}/rename`, { label: 'My <phone>' })).status, 303)
  t.match((await owner.get('/account/checks')).text, '<bdi>My &lt;phone&gt;</bdi>')
  t.match(
    (await owner.post(`/account/checks/${'0'.repeat(32)}/rename`, { label: 'x' })).text,
    '<code>check-unknown</code>',
  )
})

t.test('a passkey: added by the page’s script, and then it opens the door', async (t) => {
  const owner = await setOwner(t)
  const authenticator = new Authenticator()
  const page = await owner.get('/account/checks/add/passkey')
  t.match(page.headers['content-security-policy'], "script-src 'self'")
  t.match(page.text, /<script type="module" src="\/assets\/add-passkey\./)
  const response = authenticator.create(optionsOf(page))
  const added = await owner.post('/account/checks/add/passkey', { label: 'My key', response })
  t.equal(added.headers.location, '/account/checks')
  t.match((await owner.get('/account/checks')).text, '<bdi>My key</bdi>')
  const again = await owner.post('/account/checks/add/passkey', { label: 'My key', response })
  t.match(again.text, '<code>check-refused</code>')

  const door = await owner.scene.visit({ path: '/account/open?then=pair', headers: BROWSER })
  t.match(door.headers['content-security-policy'], "script-src 'self'")
  t.match(door.text, /<script type="module" src="\/assets\/passkey\./)
  const answer = authenticator.get(optionsOf(door))
  const body = new URLSearchParams({ check: 'passkey', answer }).toString()
  const send = () => owner.scene.visit({ path: '/account/open?then=pair', method: 'POST', headers: OWN_FORM, body })
  const opened = await send()
  t.equal(opened.headers.location, '/account/pair')
  t.ok(cookieOf(opened))
  t.equal((await send()).status, 403, 'once')
})

t.test('an app: only with its first code', async (t) => {
  const owner = await setOwner(t)
  const page = (await owner.get('/account/checks/add/totp')).text
  const pending = /name="pending" value="([^"]+)"/.exec(page)![1]!
  const secret = /<code class="secret">([A-Z2-7 ]+)<\/code>/.exec(page)![1]!.replaceAll(' ', '')
  const fields = { pending, label: 'Second app' }
  const wrong = await owner.post('/account/checks/add/totp', { ...fields, code: '000000' })
  t.match(wrong.text, '<code>check-failed</code>')
  const counter = Math.floor(owner.scene.house.clock.now() / 30_000)
  const code = HOTP.generate({ secret: Secret.fromBase32(secret), counter })
  t.equal((await owner.post('/account/checks/add/totp', { ...fields, code })).headers.location, '/account/checks')
  const own = await checksOf(owner)
  const second = own.find(({ label }) => label === 'Second app')!
  t.equal((await owner.post(`/account/checks/${second.id}/remove`)).status, 303)
  t.equal((await checksOf(owner)).length, own.length - 1)
})

t.test('a password, where the policy knows any', async (t) => {
  const without = await setOwner(t)
  t.equal((await without.get('/account/checks/add/password')).status, 404)
  t.equal((await without.get('/account/checks/add/dog')).status, 404)
  const owner = await setOwner(t, { revalidateWith: ['passkey', 'totp', 'password', 'recovery-code'] })
  t.match((await owner.get('/account/checks/add/password')).text, 'autocomplete="new-password"')
  t.match(
    (await owner.post('/account/checks/add/password', { password: 'short' })).text,
    '<code>password-refused</code>',
  )
  const password = 'correct horse battery staple'
  t.equal((await owner.post('/account/checks/add/password', { password })).status, 303)
  t.ok((await checksOf(owner)).some(({ check }) => check === 'password'))
})

t.test(
  'new recovery codes: the page’s script draws them and sends their digests, and the old ones are void',
  async (t) => {
    const owner = await setOwner(t)
    const codes = async () => {
      const all = await owner.scene.house.store.credentials((await owned(owner))!)
      return all.filter(({ check }) => check === 'recovery-code').map(({ id }) => id)
    }
    const before = await codes()
    const page = await owner.get('/account/checks/add/recovery-code')
    t.match(page.headers['content-security-policy'], "script-src 'self'")
    t.match(page.text, /<script type="module" src="\/assets\/new-codes\./)
    t.match(page.text, /<noscript><p class="error">[^<]{20,}<\/p><\/noscript>\n<form [^>]* hidden>/)
    t.match(page.text, 'void from that moment')
    const send = (digest: readonly string[]) => owner.post('/account/checks/add/recovery-code', { digest })
    for (const wrong of [[], DIGESTS.slice(1), [...DIGESTS, DIGESTS[0]!], DIGESTS.map(() => DIGESTS[0]!)])
      t.match((await send(wrong)).text, '<code>check-refused</code>')
    t.strictSame(await codes(), before)
    const made = await send(DIGESTS)
    t.equal(made.status, 204)
    const after = await codes()
    t.equal(after.length, 10)
    t.notOk(after.some((id) => before.includes(id)))
  },
)

t.test('what changes checks wants a fresh proof', async (t) => {
  const owner = await setOwner(t)
  const [totp] = await checksOf(owner)
  owner.scene.house.clock.time += 10 * 60_000 + 1
  for (const path of ['/account/checks/add/recovery-code', `/account/checks/${totp!.id}/remove`])
    t.equal((await owner.post(path)).headers.location, '/account/open?then=checks')
  t.equal((await owner.get('/account/checks/add/totp')).headers.location, '/account/open?then=checks')
})

async function owned({ scene: { house, device } }: Owner): Promise<string | null> {
  return (await house.store.certificate(device.fingerprint))!.subscriberId
}

/** The app comes first. */
async function checksOf(owner: Owner): Promise<readonly Credential[]> {
  const all = await owner.scene.house.store.credentials((await owned(owner))!)
  return all.toSorted((a, b) => Number(b.check === 'totp') - Number(a.check === 'totp'))
}

function optionsOf({ text }: Reply): Record<string, unknown> {
  const [, options = ''] = /data-options="([^"]+)"/.exec(text) ?? []
  return JSON.parse(
    options
      .replaceAll('&quot;', '"')
      .replaceAll('&#39;', "'")
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&amp;', '&'),
  )
}
