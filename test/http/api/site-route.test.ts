import { fastify } from 'fastify'
import t, { type Test } from 'tap'
import type { CertificateRecord } from '../../../src/domain/certificate/certificate.ts'
import { DEFAULT_POLICY } from '../../../src/domain/policy.ts'
import { type Asker, askerOf } from '../../../src/domain/site/asker.ts'
import { SITE_EVENTS } from '../../../src/domain/site/site-event.ts'
import { effectivePolicy } from '../../../src/domain/site/site-policy.ts'
import { VerdictKeys } from '../../../src/domain/verdict/verdict-keys.ts'
import { createVerdictReading } from '../../../src/http/api/signed-verdict.ts'
import { describeSite, siteRoute } from '../../../src/http/api/site-route.ts'
import { SHOP } from '../../domain/asking.ts'
import { DAY, HOUR, NOW } from '../../domain/verdict-state.ts'

const ISSUER = 'https://id.example:8444'
const KEYS = new VerdictKeys(Buffer.alloc(32, 3))
const LOGO = 'ab'.repeat(32)
const POLICIES = {
  site: { logo: LOGO, verdictsPerSecond: 90 },
  services: { web: { maxAge: HOUR, checks: ['totp'] } },
} as const
const SITE = { ...SHOP, policies: POLICIES }
const ASKER = askerOf(SITE, 'web', 'ca'.repeat(32), effectivePolicy(DEFAULT_POLICY, SITE, 'web'))

const RECORD = { notBefore: NOW, notAfter: NOW + 300 * DAY } as CertificateRecord

t.test('what a site is told of itself: when to renew, and how signed verdicts are read', async (t) => {
  const { payload, statusCode } = await asked(t, ASKER, RECORD)
  t.equal(statusCode, 200)
  t.match(JSON.parse(payload), {
    site: 'shop',
    service: 'web',
    check: 'https://id.example:8445/check',
    checks: ['totp'],
    policy: {
      max_age: 3_600,
      idle: 30 * 86_400,
      languages: ['en', 'de', 'fr', 'es'],
      name: 'shop',
      logo: `https://id.example:8445/logo/${LOGO}.png`,
      events: [...SITE_EVENTS],
      verdicts_per_second: 90,
    },
    certificate: { fingerprint: ASKER.fingerprint, renew_at: new Date(NOW + 200 * DAY).toISOString() },
    signed_verdicts: { issuer: ISSUER, audience: 'urn:countersign:site:shop', keys: KEYS.published(NOW) },
  })
})

t.test('what it did not choose is null', async (t) => {
  const asker = askerOf(SHOP, 'web', 'ca'.repeat(32), effectivePolicy(DEFAULT_POLICY, SHOP, 'web'))
  t.match(JSON.parse((await asked(t, asker, RECORD)).payload), { policy: { max_age: null, logo: null } })
})

t.test('a caller whose certificate is not in the table is nobody', async (t) => {
  t.equal((await asked(t, ASKER, undefined)).statusCode, 500)
})

function asked(t: Test, asker: Asker, record: CertificateRecord | undefined) {
  const options = {
    store: { certificate: () => record },
    issuers: { browser: { der: Uint8Array.of(0x30, 0) } },
    policy: DEFAULT_POLICY,
    signonUrl: 'https://id.example:8445',
    reading: createVerdictReading({ keys: KEYS, clock: { now: () => NOW }, issuer: ISSUER }),
  }
  const app = fastify()
  t.teardown(() => app.close())
  siteRoute(
    app,
    describeSite(options, async () => asker),
  )
  return app.inject({ url: '/v1/site' })
}
