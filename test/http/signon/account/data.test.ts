import t from 'tap'
import { makeKeyPair, makeRequest } from '../../../ca/request.ts'
import { BROWSER, OWN_FORM } from '../../visitor.ts'
import { setScene } from '../scene.ts'
import { cookieOf, setOwner } from './owner.ts'

t.test('everything, as a file', async (t) => {
  const owner = await setOwner(t)
  t.match((await owner.get('/account/data')).text, 'href="/account/data/countersign.json"')
  const file = await owner.get('/account/data/countersign.json')
  t.match(file.headers, {
    'content-type': 'application/json; charset=utf-8',
    'content-disposition': 'attachment; filename="countersign.json"',
    'cache-control': 'no-store',
  })
  t.match(JSON.parse(file.text), { certificates: [{ fingerprint: owner.scene.device.fingerprint }] })
})

t.test('erased: said, done, and nobody is in any more', async (t) => {
  const owner = await setOwner(t)
  const { house, device, visit } = owner.scene
  const erased = await owner.post('/account/data/erase')
  t.equal(erased.status, 200)
  t.equal(cookieOf(erased), '')
  t.match(erased.text, 'Everything is erased')
  t.match(await house.store.certificate(device.fingerprint), { status: 'revoked', label: '' })
  t.equal((await owner.get('/account')).status, 303)
  t.match((await visit({ path: '/account/open', headers: BROWSER })).text, '<code>certificate-revoked</code>')
})

t.test('whose time is up renews in the same walk, and the site comes behind it', async (t) => {
  const wishes = { browserLifetime: 3_600_000, grace: 86_400_000, extension: 600_000, guessesPerMinute: 100 }
  const { house, visit, freshPath, form } = await setScene(t, wishes)
  house.clock.time += 2 * 3_600_000
  const walk = async (headers: Readonly<Record<string, string>>) => {
    house.clock.time += 30_000
    return visit({ path: freshPath(), method: 'POST', headers, body: form() })
  }
  const page = await walk(OWN_FORM)
  t.equal(page.status, 200)
  t.match(page.text, 'href="https://shop.example/return"')
  const [, token] = /\/enroll\/([\w-]{43})\?return_to=https%3A%2F%2Fshop.example%2Freturn"/.exec(page.text) ?? []
  t.match(await house.enrollment.look(token!), { checks: [] })
  const { accept: _accept, ...program } = OWN_FORM
  t.equal((await walk(program)).headers.location, 'https://shop.example/return', 'a program goes on at once')
  await house.enrollment.accept({ token: token!, label: 'Laptop', request: makeRequest(makeKeyPair()) })
  t.equal((await walk(OWN_FORM)).status, 303, 'once it is renewed, nobody is asked again')
})

t.test('the next certificate begins at the portal', async (t) => {
  const owner = await setOwner(t)
  const page = await owner.get('/account/renew')
  t.match(page.headers['content-security-policy'], "form-action 'self' https://id.test:8444;")
  const begun = await owner.post('/account/renew')
  t.equal(begun.status, 303)
  const [, token] = /^https:\/\/id\.test:8444\/enroll\/([\w-]{43})$/.exec(begun.headers.location ?? '') ?? []
  t.match(await owner.scene.house.enrollment.look(token!), { label: String, checks: [] })
})
