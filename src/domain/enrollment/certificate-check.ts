import { IdentityError } from '../../errors.ts'
import type { CertificateRecord } from '../certificate/certificate.ts'
import type { Clock } from '../clock.ts'
import type { Hex } from '../hex.ts'
import type { Policy } from '../policy.ts'
import { chooseReturnAddress } from '../site/return-address.ts'
import type { Store } from '../store.ts'
import { decide } from '../verdict/verdict.ts'

/** What a certificate is worth at this moment, to its owner. */
export type CertificateStanding = 'good' | 'ending' | 'held' | 'revoked' | 'expired' | 'not-yet-valid'

/** What a browser shows of itself. Only ever tells of the certificate that was presented; never whether others exist. */
export type ShownCertificate =
  | { readonly shown: 'none' }
  /** ours by its key, perhaps, but not one that the table knows as a person's */
  | { readonly shown: 'unknown' }
  | {
      readonly shown: 'known'
      readonly label: string
      readonly standing: CertificateStanding
      /** whether it is the one that was looked for; undefined: none was */
      readonly expected: boolean | undefined
    }

export interface CertificateCheck {
  /**
   * @param presented fingerprint of the certificate that was proven in the handshake; undefined: none
   * @param expected the fingerprint that its owner looks for, if any
   * @throws IdentityError store-unavailable
   */
  look(presented: Hex | undefined, expected: string | undefined): Promise<ShownCertificate>
  /**
   * An address to go on to, if a site registered it; undefined: none did.
   * @throws IdentityError store-unavailable
   */
  returnAddress(wanted: string): Promise<string | undefined>
}

interface CheckParts {
  readonly store: Pick<Store, 'certificate' | 'sites'>
  readonly policy: Policy
  readonly clock: Clock
}

export function createCertificateCheck({ store, policy, clock }: CheckParts): CertificateCheck {
  return {
    async look(presented, expected) {
      if (presented === undefined) return { shown: 'none' }
      const certificate = await store.certificate(presented)
      const standing = certificate && standingOf(certificate, policy, clock.now())
      if (standing === undefined) return { shown: 'unknown' }
      const asExpected = expected === undefined ? undefined : expected === presented
      return { shown: 'known', label: certificate!.label, standing, expected: asExpected }
    },

    async returnAddress(wanted) {
      for (const { returnTo } of await store.sites()) {
        const address = registered(returnTo, wanted)
        if (address !== undefined) return address
      }
      return undefined
    },
  }
}

/** The same rule as a verdict's, for a site that asks for nothing beyond the policy; undefined: nobody's certificate. */
function standingOf(certificate: CertificateRecord, policy: Policy, now: number): CertificateStanding | undefined {
  const unrelated = { lastWalkAt: null, signedInMonth: null, generation: 0, siteAccount: null }
  const unasked = { ...certificate, askEveryTime: false, ...unrelated }
  const decision = decide(unasked, { maxAge: undefined, checks: [] }, policy, now)
  switch (decision.verdict) {
    case 'valid':
      return 'good'
    case 'needs-revalidation':
      return decision.reason === 'expired' ? 'ending' : 'good'
    case 'revoked':
      return certificate.status === 'held' ? 'held' : 'revoked'
    case 'missing':
      return decision.reason === 'expired' || decision.reason === 'not-yet-valid' ? decision.reason : undefined
  }
}

function registered(returnTo: readonly string[], wanted: string): string | undefined {
  try {
    return chooseReturnAddress(returnTo, wanted)
  } catch (cause) {
    if (cause instanceof IdentityError) return undefined
    throw cause
  }
}
