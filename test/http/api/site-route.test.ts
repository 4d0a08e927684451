import { fastify } from 'fastify'
import t from 'tap'
import { askerOf } from '../../../src/domain/asker.ts'
import type { CertificateRecord } from '../../../src/domain/certificate.ts'
import { DEFAULT_POLICY } from '../../../src/domain/policy.ts'
import { SITE_EVENTS } from '../../../src/domain/site-event.ts'
import { effectivePolicy } from '../../../src/domain/site-policy.ts'
import { VerdictKeys } from '../../../src/domain/verdict-keys.ts'
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

t.test('what a site is told of itself: when to renew, and how signed verdicts are read', async (t) => {
  const record = { notBefore: NOW, notAfter: NOW + 300 * DAY } as CertificateRecord
  const clock = { now: () => NOW }
  const options = {
    store: { certificate: () => record },
    issuers: { browser: { der: Uint8Array.of(0x30, 0) } },
    policy: DEFAULT_POLICY,
    signonUrl: 'https://id.example:8445',
    reading: createVerdictReading({ keys: KEYS, clock, issuer: ISSUER }),
  }
  const app = fastify()
  t.teardown(() => app.close())
  siteRoute(
    app,
    describeSite(options, async () => ASKER),
  )
  const { payload, statusCode } = await app.inject({ url: '/v1/site' })
  t.equal(statusCode, 200)
  t.match(JSON.parse(payload), {
    site: 'shop',
    service: 'web',
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
