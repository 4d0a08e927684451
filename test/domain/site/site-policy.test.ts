import t from 'tap'
import { LANGUAGES } from '../../../src/domain/language.ts'
import { DEFAULT_POLICY, type Policy } from '../../../src/domain/policy.ts'
import { SITE_EVENTS } from '../../../src/domain/site/site-event.ts'
import {
  commonChecks,
  EffectivePolicies,
  effectivePolicy,
  explainPolicy,
  ownPolicy,
  type PolicySource,
} from '../../../src/domain/site/site-policy.ts'
import { NO_POLICIES, type OwnPolicy, type SiteWishes } from '../../../src/domain/site/site-wishes.ts'
import { SHOP } from '../asking.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../verdict-state.ts'

const LOGO = 'ab'.repeat(32)

interface Case {
  readonly name: keyof SiteWishes
  readonly operator?: Partial<Policy>
  readonly site?: OwnPolicy
  readonly service?: OwnPolicy
  readonly value: unknown
  readonly source: PolicySource
}

const CASES: readonly Case[] = [
  { name: 'idle', value: 30 * DAY, source: 'default' },
  { name: 'idle', operator: { idle: 7 * DAY }, value: 7 * DAY, source: 'configuration' },
  { name: 'idle', site: { idle: DAY }, value: DAY, source: 'site' },
  { name: 'idle', site: { idle: 60 * DAY }, value: 30 * DAY, source: 'default' },
  { name: 'idle', site: { idle: DAY }, service: { idle: HOUR }, value: HOUR, source: 'service' },
  { name: 'idle', site: { idle: DAY }, service: { idle: 2 * DAY }, value: DAY, source: 'site' },
  {
    name: 'idle',
    operator: { minMaxAge: 5 * MINUTE },
    site: { idle: MINUTE },
    value: 5 * MINUTE,
    source: 'configuration',
  },
  { name: 'idle', operator: { idle: SECOND }, value: SECOND, source: 'configuration' },
  { name: 'idle', operator: { idle: MINUTE }, site: { idle: SECOND }, value: 30 * SECOND, source: 'configuration' },
  { name: 'maxAge', value: undefined, source: 'default' },
  { name: 'maxAge', site: { maxAge: HOUR }, value: HOUR, source: 'site' },
  { name: 'maxAge', service: { maxAge: HOUR }, value: HOUR, source: 'service' },
  { name: 'maxAge', site: { maxAge: HOUR }, service: { maxAge: DAY }, value: HOUR, source: 'site' },
  { name: 'maxAge', site: { maxAge: SECOND }, value: 30 * SECOND, source: 'configuration' },
  { name: 'checks', value: [], source: 'default' },
  { name: 'checks', site: { checks: ['passkey', 'totp'] }, value: ['passkey', 'totp'], source: 'site' },
  { name: 'checks', service: { checks: ['passkey'] }, value: ['passkey'], source: 'service' },
  {
    name: 'checks',
    site: { checks: ['passkey', 'totp'] },
    service: { checks: ['totp', 'password'] },
    value: ['totp'],
    source: 'service',
  },
  { name: 'checks', site: { checks: ['passkey'] }, service: { checks: ['totp'] }, value: ['passkey'], source: 'site' },
  { name: 'returnTo', value: SHOP.returnTo, source: 'site' },
  {
    name: 'returnTo',
    service: { returnTo: ['https://shop.example/app/x'] },
    value: ['https://shop.example/app/x'],
    source: 'service',
  },
  { name: 'returnTo', service: { returnTo: ['https://evil.example/'] }, value: SHOP.returnTo, source: 'site' },
  {
    name: 'returnTo',
    service: { returnTo: ['https://evil.example/', 'https://shop.example/app'] },
    value: ['https://shop.example/app'],
    source: 'service',
  },
  { name: 'languages', value: LANGUAGES, source: 'default' },
  {
    name: 'languages',
    site: { languages: ['de', 'en'] },
    service: { languages: ['fr'] },
    value: ['fr'],
    source: 'service',
  },
  { name: 'displayName', value: 'shop', source: 'default' },
  { name: 'displayName', site: { displayName: 'The Shop' }, value: 'The Shop', source: 'site' },
  { name: 'logo', value: undefined, source: 'default' },
  { name: 'logo', service: { logo: LOGO }, value: LOGO, source: 'service' },
  { name: 'events', value: SITE_EVENTS, source: 'default' },
  { name: 'verdictsPerSecond', value: 0, source: 'default' },
  { name: 'verdictsPerSecond', operator: { verdictsPerSecond: 100 }, value: 100, source: 'configuration' },
  {
    name: 'verdictsPerSecond',
    operator: { verdictsPerSecond: 100 },
    site: { verdictsPerSecond: 900 },
    value: 900,
    source: 'site',
  },
  {
    name: 'verdictsPerSecond',
    site: { verdictsPerSecond: 9 },
    service: { verdictsPerSecond: 0 },
    value: 0,
    source: 'service',
  },
]

t.test('what counts, and where it comes from', async (t) => {
  for (const { name, operator = {}, site = {}, service = {}, value, source } of CASES) {
    const policy = { ...DEFAULT_POLICY, ...operator }
    const { checks = [], ...own } = site
    const policies = { site: own, services: { web: service } }
    const explained = explainPolicy(policy, { ...SHOP, checks, policies }, 'web')
    t.strictSame(explained[name], { value, source }, `${name}: ${JSON.stringify({ operator, site, service })}`)
  }
})

t.test('a site can do without some events, but never without those that end a verdict', async (t) => {
  const site = { ...SHOP, policies: { site: { events: [] }, services: {} } }
  const essential = ['revoked', 'held', 'needs-revalidation', 'erased', 'account-changed']
  t.strictSame(effectivePolicy(DEFAULT_POLICY, site).events, essential)
  const wanted = { ...SHOP, policies: { site: { events: ['released'] as const }, services: {} } }
  t.ok(effectivePolicy(DEFAULT_POLICY, wanted).events.includes('released'))
})

t.test('a service is spoken for by its own policy alone', async (t) => {
  const policies = { site: {}, services: { web: { maxAge: HOUR } } }
  t.equal(effectivePolicy(DEFAULT_POLICY, { ...SHOP, policies }, 'web').maxAge, HOUR)
  for (const service of ['mail', 'constructor', '__proto__', undefined])
    t.equal(effectivePolicy(DEFAULT_POLICY, { ...SHOP, policies }, service).maxAge, undefined)
  t.strictSame(ownPolicy(NO_POLICIES, 'constructor'), {})
})

t.test('what counts is made once for each service, and anew for a site that has changed', async (t) => {
  const policies = new EffectivePolicies(DEFAULT_POLICY)
  const [web, mail] = [policies.of(SHOP, 'web'), policies.of(SHOP, 'mail')]
  t.equal(policies.of(SHOP, 'web'), web)
  t.not(mail, web)
  const changed = { ...SHOP, checks: ['totp'] as const }
  t.strictSame(policies.of(changed, 'web').demand, { maxAge: undefined, checks: ['totp'] })
  t.equal(policies.of(SHOP, 'web'), web)
  t.ok(Object.isFrozen(web) && Object.isFrozen(web.demand))
})

t.test('two demands: what satisfies both, and never "any" where nothing does', async (t) => {
  t.strictSame(commonChecks([], []), [])
  t.strictSame(commonChecks(['totp'], []), ['totp'])
  t.strictSame(commonChecks([], ['totp']), ['totp'])
  t.strictSame(commonChecks(['passkey', 'totp'], ['totp', 'password']), ['totp'])
  t.equal(commonChecks(['passkey'], ['totp']), undefined)
})
