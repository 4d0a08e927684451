import { IdentityError } from '../errors.ts'
import type { Asker } from './asker.ts'
import type { Outcome, Query } from './inquiry.ts'
import type { Keyring } from './keyring.ts'
import type { KnownState } from './known-states.ts'
import type { Policy } from './policy.ts'
import { chooseReturnAddress } from './return-address.ts'
import type { VerdictState } from './store.ts'
import { sealTicket } from './ticket.ts'
import { isNewUse, type Uses } from './uses.ts'
import { decide, NO_CERTIFICATE, type Verdict } from './verdict.ts'

interface JudgeOptions {
  readonly keyring: Keyring
  readonly policy: Policy
  /** where tickets are redeemed: `<signon>/revalidate/<ticket>` */
  readonly signonUrl: string
}

/** One query, one outcome: the verdict on what is known, and what belongs to it. Asks nobody, and writes nothing. */
export class Judge {
  readonly #options: JudgeOptions
  readonly #uses: Pick<Uses, 'saw'>

  /** @param uses told of each valid answer that is worth a row */
  constructor(options: JudgeOptions, uses: Pick<Uses, 'saw'>) {
    this.#options = options
    this.#uses = uses
  }

  /**
   * Decides, and dresses the decision: the subject, and for needs-revalidation the sealed way back.
   * @param now epoch ms
   */
  decide(asker: Asker, query: Query, known: KnownState, now: number): Outcome {
    const refusal = this.#refuseQuery(asker, query)
    if (refusal) return refusal
    const verdict = decide(known.state, { maxAge: query.maxAge, checks: asker.site.checks }, this.#options.policy, now)
    if (verdict.verdict === 'valid') {
      if (isNewUse(known.usedAt, now, this.#options.policy)) {
        known.usedAt = now
        this.#uses.saw(known.state.fingerprint, now)
      }
      known.valid ??= { verdict, subject: known.subject, redirect: null }
      return known.valid
    }
    if (verdict.verdict === 'needs-revalidation')
      return { verdict, subject: known.subject, redirect: this.#redirect(asker, query, known.state, now) }
    return { verdict, subject: verdict.verdict === 'revoked' ? known.subject : null, redirect: null }
  }

  withoutCertificate(asker: Asker, query: Query): Outcome {
    return this.#refuseQuery(asker, query) ?? { verdict: NO_CERTIFICATE, subject: null, redirect: null }
  }

  /** @param now epoch ms */
  unknown(asker: Asker, query: Query, now: number): Outcome {
    const verdict: Verdict = decide(undefined, { maxAge: undefined, checks: [] }, this.#options.policy, now)
    return this.#refuseQuery(asker, query) ?? { verdict, subject: null, redirect: null }
  }

  /** A wrong question gets no verdict, whatever the certificate. */
  #refuseQuery(asker: Asker, query: Query): IdentityError | undefined {
    const { minMaxAge } = this.#options.policy
    if (query.maxAge !== undefined && query.maxAge < minMaxAge) {
      return new IdentityError(
        'max-age-too-small',
        `max_age must be at least ${minMaxAge / 1000} seconds here, or people would be sent around in a circle.`,
      )
    }
    if (query.returnTo === undefined) return undefined
    try {
      chooseReturnAddress(asker.site.returnTo, query.returnTo)
      return undefined
    } catch (error) {
      if (error instanceof IdentityError) return error
      throw error
    }
  }

  #redirect(asker: Asker, query: Query, state: VerdictState, now: number): string {
    const ticket = sealTicket(this.#options.keyring.ticket, {
      siteId: asker.site.id,
      fingerprint: state.fingerprint,
      returnTo: chooseReturnAddress(asker.site.returnTo, query.returnTo),
      askedAt: now,
      expiresAt: now + this.#options.policy.ticketLifetime,
    })
    return `${this.#options.signonUrl}/revalidate/${ticket}`
  }
}
