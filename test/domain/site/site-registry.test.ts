import { join } from 'node:path'
import t, { type Test } from 'tap'
import { CHECKS } from '../../../src/domain/proving/check.ts'
import { checkName, createSiteRegistry } from '../../../src/domain/site/site-registry.ts'
import { openSqliteStore } from '../../../src/store/sqlite/store.ts'
import { AUDIT_KEY, issue } from '../../store/samples.ts'
import { NOW } from '../verdict-state.ts'

const OPERATOR = 'operator:cli'
const RETURN_TO = ['https://shop.example/app']

t.test('a site is kept as it was registered, and found by its name', async (t) => {
  const { registry, store } = await openHouse(t)
  const returnTo = ['https://shop.example', 'https://shop.example/app', 'https://shop.example/']
  const site = await registry.add(OPERATOR, { name: 'shop', returnTo, checks: CHECKS })
  t.match(site, { name: 'shop', checks: CHECKS, createdAt: NOW })
  t.same(site.returnTo, ['https://shop.example/', 'https://shop.example/app'], 'serialized, each once, the first first')
  t.match(site.id, /^[0-9a-f]{32}$/)
  t.same(await registry.named('shop'), site)
  t.same(await store.sites(), [site])
  t.not((await registry.add(OPERATOR, { name: 'shop-2', returnTo: RETURN_TO })).id, site.id)
})

t.test('a name is taken once', async (t) => {
  const { registry, store } = await openHouse(t)
  const site = await registry.add(OPERATOR, { name: 'shop', returnTo: RETURN_TO })
  await t.rejects(registry.add(OPERATOR, { name: 'shop', returnTo: ['https://evil.example/'] }), {
    code: 'site-exists',
  })
  t.same(await store.sites(), [site])
  await registry.remove(OPERATOR, 'shop')
  t.not(
    (await registry.add(OPERATOR, { name: 'shop', returnTo: RETURN_TO })).id,
    site.id,
    'free again, and another site',
  )
})

t.test('rights are given to a service by name, and taken away', async (t) => {
  const { registry, store } = await openHouse(t)
  await registry.add(OPERATOR, { name: 'shop', returnTo: RETURN_TO })
  const held = async () => (await store.site({ name: 'shop' }))?.rights
  t.same(await registry.grant(OPERATOR, 'shop', 'proxy', ['forward-auth']), ['forward-auth'])
  t.same(await registry.grant(OPERATOR, 'shop', 'proxy', ['forward-auth']), ['forward-auth'], 'once')
  t.same(await held(), { proxy: ['forward-auth'] })
  await t.rejects(registry.grant(OPERATOR, 'shop', 'proxy', ['everything']), { code: 'site-invalid' })
  await t.rejects(registry.setRights(OPERATOR, 'shop', 'Proxy', []), { code: 'site-invalid' })
  await t.rejects(registry.setRights(OPERATOR, 'bank', 'proxy', []), { code: 'site-unknown' })
  t.same(await held(), { proxy: ['forward-auth'] })
  t.same(await registry.setRights(OPERATOR, 'shop', 'proxy', []), [])
  t.same(await held(), {})
})

t.test('a name is what a URN can carry: 1 to 63 lower-case letters, digits, inner hyphens', async (t) => {
  const { registry, store } = await openHouse(t)
  for (const name of ['a', '0', 'shop', 'my-shop-2', 'a'.repeat(63)]) t.equal(checkName(name, 'site'), name)
  const wrong = [
    '',
    'Shop',
    'shöp',
    '-shop',
    'shop-',
    'a'.repeat(64),
    'shop.example',
    'shop:service:admin',
    'a b',
    'shop\n',
    'shop/x',
    'shop%3a',
    '*',
  ]
  for (const name of wrong) {
    t.throws(() => checkName(name, 'service'), { code: 'site-invalid' }, JSON.stringify(name))
    await t.rejects(
      registry.add(OPERATOR, { name, returnTo: RETURN_TO }),
      { code: 'site-invalid' },
      JSON.stringify(name),
    )
  }
  t.same(await store.sites(), [])
})

t.test('return addresses: at least one, at most a hundred, each one that can be registered', async (t) => {
  const { registry } = await openHouse(t)
  const many = Array.from({ length: 101 }, (_, i) => `https://shop.example/${i}`)
  t.equal((await registry.add(OPERATOR, { name: 'shop', returnTo: many.slice(1) })).returnTo.length, 100)
  for (const returnTo of [
    [],
    many,
    ['http://shop.example/'],
    ['https://shop.example/', 'javascript:alert(1)'],
    ['*'],
  ]) {
    await t.rejects(
      registry.add(OPERATOR, { name: 'other', returnTo }),
      { code: 'site-invalid' },
      `${returnTo.slice(0, 2)}`,
    )
  }
})

t.test('a check that there is not is refused', async (t) => {
  const { registry } = await openHouse(t)
  for (const check of ['sms', 'TOTP', '']) {
    await t.rejects(
      registry.add(OPERATOR, { name: 'shop', returnTo: RETURN_TO, checks: ['totp', check] }),
      { code: 'site-invalid' },
      check,
    )
  }
  t.same((await registry.add(OPERATOR, { name: 'shop', returnTo: RETURN_TO })).checks, [])
})

t.test('removing a site revokes its services’ certificates and no others', async (t) => {
  const { registry, store } = await openHouse(t)
  const shop = await registry.add(OPERATOR, { name: 'shop', returnTo: RETURN_TO })
  const bank = await registry.add(OPERATOR, { name: 'bank', returnTo: RETURN_TO })
  const [web, mail, other] = await Promise.all([
    issue(store, { issuer: 'api', profile: 'api', siteId: shop.id, service: 'web' }),
    issue(store, { issuer: 'api', profile: 'api', siteId: shop.id, service: 'mail' }),
    issue(store, { issuer: 'api', profile: 'api', siteId: bank.id, service: 'web' }),
  ])
  await registry.remove(OPERATOR, 'shop')
  for (const { fingerprint } of [web, mail]) {
    t.match(await store.certificate(fingerprint), {
      status: 'revoked',
      reason: 'cessation-of-operation',
      revokedAt: NOW,
    })
  }
  t.match(await store.certificate(other.fingerprint), { status: 'active' })
  await t.rejects(registry.named('shop'), { code: 'site-unknown' })
  t.equal((await registry.named('bank')).id, bank.id)
})

t.test('what is not there cannot be removed', async (t) => {
  const { registry } = await openHouse(t)
  for (const name of ['shop', '', "' OR 1=1 --"])
    await t.rejects(registry.remove(OPERATOR, name), { code: 'site-unknown' }, name)
})

async function openHouse(t: Test) {
  const store = await openSqliteStore({ file: join(t.testdir(), 'countersign.db'), auditKey: AUDIT_KEY })
  t.teardown(() => store.close())
  return { store, registry: createSiteRegistry({ store, clock: { now: () => NOW } }) }
}
