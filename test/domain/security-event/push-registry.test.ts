import { join } from 'node:path'
import t, { type Test } from 'tap'
import { deriveKeyring } from '../../../src/domain/keyring.ts'
import { createPushRegistry } from '../../../src/domain/security-event/push-registry.ts'
import { pairwiseSubject } from '../../../src/domain/site/subject.ts'
import { openSqliteStore } from '../../../src/store/sqlite/store.ts'
import { encodePem } from '../../../src/x509/pem.ts'
import { AUDIT_KEY, act, addSite, enroll, fresh, NOW, signInRow } from '../../store/samples.ts'

const KEYRING = deriveKeyring(Buffer.alloc(32, 1))
const OPERATOR = 'operator:cli'
const CERTIFICATE = encodePem('CERTIFICATE', Uint8Array.of(0x30, 0))
const WISH = { url: 'https://shop.example/events', allowPrivate: false }

t.test('an address is kept as it was checked, its secret sealed for its site', async (t) => {
  const { registry, store, shop, bank } = await open(t)
  await registry.set(OPERATOR, shop, {
    ...WISH,
    url: 'https://SHOP.example/events',
    anchors: `${CERTIFICATE}\n\n${CERTIFICATE}`,
    authorization: 'Bearer abc',
  })
  const target = { ...WISH, anchors: CERTIFICATE + CERTIFICATE, authorization: 'Bearer abc' }
  t.same((await registry.show(shop)).target, target)
  const address = (await store.pushAddress(shop.id))!
  t.match(address, WISH)
  t.notOk(Buffer.from(address.sealed).includes('Bearer'))
  await store.run('setPushAddress', act(), { ...address, siteId: bank.id })
  await t.rejects(registry.show(bank), { code: 'internal' }, 'it opens for its own site alone')
  await registry.set(OPERATOR, shop, { url: 'https://127.0.0.1/', allowPrivate: true })
  t.match((await registry.show(shop)).target, { allowPrivate: true, anchors: null, authorization: null })
  await registry.remove(OPERATOR, shop)
  t.same(await registry.show(shop), { target: undefined, stream: undefined })
  await t.rejects(registry.remove(OPERATOR, shop), { code: 'push-address-refused' })
})

t.test('what is no address, no certificate and no header is refused', async (t) => {
  const { registry, shop } = await open(t)
  for (const url of ['http://shop.example/', 'https://10.0.0.1/', 'x'])
    await t.rejects(registry.set(OPERATOR, shop, { ...WISH, url }), { code: 'push-address-refused' }, url)
  for (const authorization of ['', ' x', 'x\r\nHost: y', 'x\n', 'ü', 'x'.repeat(4_097)])
    await t.rejects(registry.set(OPERATOR, shop, { ...WISH, authorization }), { code: 'push-address-refused' })
  const key = encodePem('PRIVATE KEY', Uint8Array.of(0x30, 0))
  for (const anchors of ['', 'x', key, CERTIFICATE + key])
    await t.rejects(registry.set(OPERATOR, shop, { ...WISH, anchors }), { code: 'pem-malformed' })
  t.equal((await registry.show(shop)).target, undefined)
})

t.test('dead letters are named as their site would name them', async (t) => {
  const { registry, store, shop } = await open(t)
  const owner = await enroll(store)
  await store.run('signIn', signInRow(shop.id, owner.subscriberId))
  await registry.set(OPERATOR, shop, WISH)
  const types = ['credential-change'] as const
  const wish = { delivery: 'push', requested: null, types, description: null } as const
  const id = fresh()
  await store.run('openSecurityStream', act(), shop.id, id, wish)
  t.match((await registry.show(shop)).stream, { id, pushUrl: WISH.url })
  await store.run('hold', act(), owner.fingerprint)
  await store.run('verifyStream', act(), shop.id, id, 'x', NOW)
  const events = await store.securityEvents(shop.id, 9)
  await store.run(
    'burySecurityEvents',
    NOW + 1,
    shop.id,
    events.map((event) => ({ ...event, failure: 'refused' })),
  )
  t.match(await registry.deadLetters(shop), [
    {
      id: /^[\w-]{43}$/,
      event: 'held',
      subject: pairwiseSubject(KEYRING.subject, shop.id, owner.subscriberId),
      failure: 'refused',
      deadAt: NOW + 1,
    },
    { type: 'verification', subject: null },
  ])
  t.equal(await registry.retry(OPERATOR, shop), 2)
  t.same(await registry.deadLetters(shop), [])
})

async function open(t: Test) {
  const store = await openSqliteStore({ file: join(t.testdir(), 'countersign.db'), auditKey: AUDIT_KEY })
  t.teardown(() => store.close())
  const registry = createPushRegistry({ store, clock: { now: () => NOW }, keyring: KEYRING })
  return { registry, store, shop: await addSite(store), bank: await addSite(store) }
}
