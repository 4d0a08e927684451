import t from 'tap'
import { BROWSER } from '../../visitor.ts'
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

t.test('the next certificate begins at the portal', async (t) => {
  const owner = await setOwner(t)
  const page = await owner.get('/account/renew')
  t.match(page.headers['content-security-policy'], "form-action 'self' https://id.test:8444;")
  const begun = await owner.post('/account/renew')
  t.equal(begun.status, 303)
  const [, token] = /^https:\/\/id\.test:8444\/enroll\/([\w-]{43})$/.exec(begun.headers.location ?? '') ?? []
  t.match(await owner.scene.house.enrollment.look(token!), { label: String, checks: [] })
})
