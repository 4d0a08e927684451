import type { Static } from '@sinclair/typebox'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Policy } from '../../domain/policy.ts'
import type { Asker } from '../../domain/site/asker.ts'
import { rightsOf } from '../../domain/site/right.ts'
import { renewalDue } from '../../domain/site/service-renewal.ts'
import type { EffectivePolicy } from '../../domain/site/site-policy.ts'
import type { Store } from '../../domain/store.ts'
import { encodePem } from '../../x509/pem.ts'
import { logoPath } from '../site-logo.ts'
import { iso } from './rendering.ts'
import { ProblemSchema, type SitePolicySchema, SiteSchema } from './schemas.ts'
import type { SignedVerdictReading } from './signed-verdict.ts'

/** The telling behind `GET /v1/site`. */
export type SiteAnswer = (request: FastifyRequest) => Promise<Static<typeof SiteSchema>>

/** Declared with its schema, so that the router and the documents read the same. */
export function siteRoute(scope: FastifyInstance, answer: SiteAnswer): void {
  scope.get('/v1/site', {
    schema: {
      summary: 'Who you are here, and what is registered for you',
      response: {
        200: SiteSchema,
        403: { ...ProblemSchema, description: 'Your own certificate is not valid; the connection ends.' },
        503: { ...ProblemSchema, description: 'The store does not answer; nobody is signed in meanwhile.' },
      },
    },
    handler: answer,
  })
}

export interface SiteOptions {
  readonly store: Pick<Store, 'certificate'>
  /** the issuer of browser certificates, DER */
  readonly issuers: { readonly browser: { readonly der: Uint8Array } }
  readonly policy: Policy
  /** where browsers find logos, and people the certificate check */
  readonly signonUrl: string
  /** what a reader of signed verdicts must know */
  readonly reading: (asker: Asker) => SignedVerdictReading
}

/** @param judge the calling service, judged by the same rule as at a verdict */
export function describeSite(options: SiteOptions, judge: (request: FastifyRequest) => Promise<Asker>): SiteAnswer {
  const { store, policy, issuers, reading } = options
  const browserIssuer = encodePem('CERTIFICATE', issuers.browser.der)
  return async (request) => {
    const asker = await judge(request)
    const { site, service, fingerprint, policy: own } = asker
    const certificate = await store.certificate(fingerprint)
    if (!certificate) throw new TypeError('a calling service was judged by a certificate that is in the table')
    return {
      site: site.name,
      service,
      return_to: [...own.returnTo],
      checks: [...own.checks],
      rights: [...rightsOf(site.rights, service)],
      min_max_age: policy.minMaxAge / 1000,
      policy: describePolicy(own, options.signonUrl),
      check: `${options.signonUrl}/check`,
      browser_issuer: browserIssuer,
      certificate: { fingerprint, not_after: iso(certificate.notAfter), renew_at: iso(renewalDue(certificate)) },
      signed_verdicts: reading(asker),
    }
  }
}

function describePolicy(own: EffectivePolicy, signonUrl: string): Static<typeof SitePolicySchema> {
  return {
    max_age: own.maxAge === undefined ? null : own.maxAge / 1000,
    idle: Math.floor(own.idle / 1000),
    languages: [...own.languages],
    name: own.displayName,
    logo: own.logo === undefined ? null : signonUrl + logoPath(own.logo),
    events: [...own.events],
    verdicts_per_second: own.verdictsPerSecond,
  }
}
