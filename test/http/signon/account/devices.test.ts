import t from 'tap'
import { makeKeyPair, makeRequest } from '../../../ca/request.ts'
import { enrollDevice } from '../../../domain/house.ts'
import { BROWSER } from '../../visitor.ts'
import { COOKIE_NAME, cookieOf, enter, type Owner, setOwner } from './owner.ts'

t.test('the device in hand, named by its owner, with nothing that is markup', async (t) => {
  const owner = await setOwner(t)
  const { house, device } = owner.scene
  const page = await owner.get('/account')
  t.equal(page.status, 200)
  t.match(page.text, 'Laptop &lt;b&gt;&amp;&lt;/b&gt;')
  t.match(page.text, '<span class="badge">this device</span>')
  t.notMatch(page.text, /class="badge warning"|class="notice"/)
  const id = (await house.store.certificate(device.fingerprint))!.deviceId!
  t.equal((await owner.post(`/account/devices/${id}/rename`, { label: '"><i>Zoë' })).status, 303)
  t.match((await owner.get('/account')).text, '<bdi>&quot;&gt;&lt;i&gt;Zoë</bdi>')
  t.match((await owner.post(`/account/devices/${id}/rename`, { label: '\u202e' })).text, '<code>label-invalid</code>')
  t.equal((await owner.post('/account/name', { name: 'Zoë at home' })).status, 303)
  t.match((await owner.get('/account')).text, 'value="Zoë at home"')
})

t.test('asked every time, and no more', async (t) => {
  const owner = await setOwner(t)
  const { house, device } = owner.scene
  const id = (await house.store.certificate(device.fingerprint))!.deviceId!
  await owner.post(`/account/devices/${id}/ask`)
  t.match(await house.store.device(id), { askEveryTime: true })
  t.match((await owner.get('/account')).text, `/account/devices/${id}/ask-no-more`)
  await owner.post(`/account/devices/${id}/ask-no-more`)
  t.match(await house.store.device(id), { askEveryTime: false })
})

t.test('another device: lost, found, held by the operator, revoked', async (t) => {
  const owner = await setOwner(t)
  const { id, fingerprint } = await addDevice(owner)
  const { store, clock } = owner.scene.house
  await owner.post(`/account/devices/${id}/lost`)
  t.match(await store.certificate(fingerprint), { status: 'held' })
  t.match((await owner.get('/account')).text, /<span class="badge warning">lost<\/span>[\s\S]*devices\/\w+\/found/)
  await owner.post(`/account/devices/${id}/found`)
  t.match(await store.certificate(fingerprint), { status: 'active' })

  await store.run('hold', { at: clock.now(), actor: 'operator:test' }, fingerprint)
  const held = (await owner.get('/account')).text
  t.match(held, '<span class="badge warning">on hold</span>')
  t.notMatch(held, `devices/${id}/found`)
  t.match((await owner.post(`/account/devices/${id}/found`)).text, '<code>hold-foreign</code>')

  const asked = await owner.get(`/account/devices/${id}/revoke`)
  t.match(asked.text, 'action="/account/devices/')
  t.match(asked.text, 'cannot be undone')
  t.notMatch(asked.text, 'device in your hands')
  t.equal((await owner.post(`/account/devices/${id}/revoke`)).headers.location, '/account')
  t.match(await store.certificate(fingerprint), { status: 'revoked', reason: 'cessation-of-operation' })
  t.match((await owner.get('/account')).text, '<span class="badge warning">revoked</span>')
})

t.test(
  'whoever finds the account open cannot take back what its owner did for safety; he can do more of it',
  async (t) => {
    const owner = await setOwner(t)
    const { id, fingerprint } = await addDevice(owner)
    const { store, clock } = owner.scene.house
    await owner.post(`/account/devices/${id}/lost`)
    await owner.post(`/account/devices/${id}/ask`)
    clock.time += 11 * 60_000
    for (const deed of ['found', 'ask-no-more']) {
      const led = await owner.post(`/account/devices/${id}/${deed}`)
      t.equal(led.headers.location, '/account/open?then=devices', deed)
    }
    t.match(await store.certificate(fingerprint), { status: 'held' })
    t.match(await store.device(id), { askEveryTime: true })
    t.equal((await owner.post(`/account/devices/${id}/revoke`)).headers.location, '/account')
    t.match(await store.certificate(fingerprint), { status: 'revoked' })
  },
)

t.test('the device in hand: what follows is said before and after, and the account is closed', async (t) => {
  const owner = await setOwner(t)
  const { house, device } = owner.scene
  const id = (await house.store.certificate(device.fingerprint))!.deviceId!
  const asked = await owner.get(`/account/devices/${id}/revoke`)
  t.match(asked.text, 'device in your hands')
  t.match(asked.text, 'only a new invitation')
  const revoked = await owner.post(`/account/devices/${id}/revoke`)
  t.equal(revoked.status, 200)
  t.equal(cookieOf(revoked), '')
  t.match(revoked.text, 'This device is revoked')
  t.match(await house.store.certificate(device.fingerprint), { status: 'revoked' })
  const headers = { ...BROWSER, cookie: `${COOKIE_NAME}=${owner.cookie}` }
  t.equal((await owner.scene.visit({ path: '/account', headers })).status, 303)
  t.match((await owner.get('/account/open')).text, '<code>certificate-revoked</code>')
})

t.test('somebody else’s device is not there', async (t) => {
  const owner = await setOwner(t)
  const { house } = owner.scene
  const stranger = await enrollDevice(house)
  const { deviceId } = (await house.store.certificate(stranger.fingerprint))!
  t.match((await owner.get(`/account/devices/${deviceId}/revoke`)).text, '<code>device-unknown</code>')
  for (const deed of ['rename', 'ask', 'ask-no-more', 'lost', 'found', 'revoke'])
    t.equal((await owner.post(`/account/devices/${deviceId}/${deed}`, { label: 'x' })).status, 404, deed)
  t.match(await house.store.certificate(stranger.fingerprint), {
    status: 'active',
    label: 'Laptop, Nov 2026',
  })
})

t.test('from two thirds of its life on, a device can be renewed, and says so', async (t) => {
  const owner = await setOwner(t, { browserLifetime: 3 * 3_600_000 })
  const { scene } = owner
  const { notBefore, expiresAt } = (await scene.house.store.certificate(scene.device.fingerprint))!
  scene.house.clock.time = Math.ceil(notBefore + ((expiresAt - notBefore) * 2) / 3)
  const later = await enter(scene)
  t.match((await later.get('/account')).text, /class="notice"[\s\S]*href="\/account\/renew"/)
  const record = (await scene.house.store.certificate(scene.device.fingerprint))!
  await issueFor(owner, record.deviceId!)
  const renewed = (await later.get('/account')).text
  t.notMatch(renewed, 'class="notice"')
  t.match(renewed, 'The file from before still works until')
})

/** Another device of the owner. */
async function addDevice(owner: Owner): Promise<{ id: string; fingerprint: string }> {
  const { house } = owner.scene
  const { fingerprint } = await enrollDevice(house, 'Phone')
  const id = (await house.store.certificate(fingerprint))!.deviceId!
  return { id, fingerprint: await issueFor(owner, id) }
}

async function issueFor({ scene: { house, device } }: Owner, deviceId: string): Promise<string> {
  const { subscriberId } = (await house.store.certificate(device.fingerprint))!
  const binding = { subscriberId, deviceId, siteId: null, service: null }
  const order = { profile: 'browser', request: makeRequest(makeKeyPair()), label: 'Phone', binding } as const
  return (await house.issuance.issue({ actor: 'operator:test', order })).fingerprint
}
