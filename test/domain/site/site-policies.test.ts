import t, { type Test } from 'tap'
import { DEFAULT_POLICY, type Policy } from '../../../src/domain/policy.ts'
import {
  createSitePoliciesSetting,
  type PolicyName,
  type PolicyWishes,
} from '../../../src/domain/site/site-policies.ts'
import { createSiteRegistry } from '../../../src/domain/site/site-registry.ts'
import { rewritePng } from '../../../src/png.ts'
import { addSite, openHouse } from '../house.ts'
import { DAY, HOUR, SECOND } from '../verdict-state.ts'

/** A picture of one pixel. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

t.test('what is said stays until it is said otherwise, and what is cleared is inherited again', async (t) => {
  const { set } = await scene(t)
  const first = await set({ maxAge: HOUR, idle: DAY, displayName: ' The  Shop ', languages: ['de', 'en', 'de'] })
  t.same(first.policies.site, { maxAge: HOUR, idle: DAY, displayName: 'The Shop', languages: ['de', 'en'] })
  const second = await set({ idle: 2 * DAY, events: [], verdictsPerSecond: 0 }, undefined, ['maxAge', 'languages'])
  t.same(second.policies.site, { idle: 2 * DAY, displayName: 'The Shop', events: [], verdictsPerSecond: 0 })
  t.ok(second.policyPosition > first.policyPosition)
})

t.test('a service has its own, beside its site’s and those of others', async (t) => {
  const { set } = await scene(t)
  await set({ maxAge: HOUR }, 'web')
  const both = await set({ returnTo: ['https://shop.example/return/mail'], checks: ['totp'] }, 'mail')
  t.same(both.policies, {
    site: {},
    services: { web: { maxAge: HOUR }, mail: { returnTo: ['https://shop.example/return/mail'], checks: ['totp'] } },
  })
  const one = await set({}, 'web', ['maxAge'])
  t.same(Object.keys(one.policies.services), ['mail'], 'who says nothing has none')
})

t.test('addresses and checks of the site are its own', async (t) => {
  const { set } = await scene(t)
  const site = await set({ returnTo: ['https://shop.example/new'], checks: ['passkey', 'passkey'] })
  t.same([site.returnTo, site.checks, site.policies.site], [['https://shop.example/new'], ['passkey'], {}])
  t.same((await set({}, undefined, ['checks'])).checks, [])
})

t.test('a logo is rewritten, and kept under its own hash', async (t) => {
  const { set, house } = await scene(t)
  const { logo } = (await set({ logo: PNG })).policies.site
  t.match(logo, /^[0-9a-f]{64}$/)
  t.same(Buffer.from((await house.store.siteLogo(logo!)) ?? []), Buffer.from(rewritePng(PNG)))
  await set({}, undefined, ['logo'])
  t.equal(await house.store.siteLogo(logo!), undefined)
})

t.test('what cannot be taken is refused, and changes nothing', async (t) => {
  const { set, named } = await scene(t)
  const INVALID: readonly (readonly [PolicyWishes, string?])[] = [
    [{ maxAge: SECOND }],
    [{ maxAge: 1e15 }],
    [{ maxAge: Number.NaN }],
    [{ idle: 59 * SECOND }],
    [{ checks: [] }],
    [{ checks: ['fingerprint'] }],
    [{ checks: ['password'] }, 'which no revalidation takes here'],
    [{ languages: [] }],
    [{ languages: ['tlh'] }],
    [{ events: ['everything'] }],
    [{ verdictsPerSecond: -1 }],
    [{ verdictsPerSecond: 1.5 }],
    [{ returnTo: [] }],
    [{ returnTo: ['http://shop.example/'] }],
  ]
  for (const [wishes, why] of INVALID)
    await t.rejects(set(wishes), { code: 'site-invalid' }, why ?? JSON.stringify(wishes))
  await t.rejects(set({ displayName: 'a\u202eb' }), { code: 'label-invalid' })
  await t.rejects(set({ logo: Buffer.from('<svg/>') }), { code: 'logo-refused' })
  await t.rejects(set({}, undefined, ['returnTo']), { code: 'site-invalid' })
  await t.rejects(set({ maxAge: HOUR }, 'Not A Name'), { code: 'site-invalid' })
  await t.rejects(set({ returnTo: ['https://elsewhere.example/'] }, 'web'), { code: 'site-invalid' })
  t.same((await named()).policies, { site: {}, services: {} })
})

t.test('a site takes nothing away that a service of it rests on', async (t) => {
  const { set } = await scene(t)
  await set({ checks: ['totp'], returnTo: ['https://shop.example/return/web'] }, 'web')
  await t.rejects(set({ checks: ['passkey'] }), { code: 'site-invalid' }, 'nothing would satisfy both')
  await t.rejects(set({ returnTo: ['https://shop.example/elsewhere'] }), { code: 'site-invalid' })
  t.ok(await set({ checks: ['passkey', 'totp'] }))
})

t.test('who comes second says it of what stands there then', async (t) => {
  const { set, named } = await scene(t)
  await Promise.all([set({ maxAge: HOUR }), set({ idle: DAY }), set({ maxAge: HOUR }, 'web')])
  t.same((await named()).policies, { site: { maxAge: HOUR, idle: DAY }, services: { web: { maxAge: HOUR } } })
})

async function scene(t: Test, different: Partial<Policy> = {}) {
  const house = await openHouse(t)
  await addSite(house)
  const { store, clock } = house
  const registry = createSiteRegistry(house)
  const policy = { ...DEFAULT_POLICY, ...different }
  const setting = createSitePoliciesSetting({ store, clock, registry, policy, rewriteLogo: rewritePng })
  const set = (wishes: PolicyWishes, service?: string, clear: readonly PolicyName[] = []) =>
    setting.set('operator:test', { site: 'shop', service }, wishes, clear)
  return { house, set, named: () => registry.named('shop') }
}
