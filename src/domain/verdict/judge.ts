import { IdentityError } from '../../errors.ts'
import type { Keyring } from '../keyring.ts'
import { type Policy, sufficient } from '../policy.ts'
import type { CheckName } from '../proving/check.ts'
import { sealTicket } from '../revalidation/ticket.ts'
import type { Asker } from '../site/asker.ts'
import type { Demand } from '../site/demand.ts'
import { chooseReturnAddress } from '../site/return-address.ts'
import { openAccount } from '../site/site-account.ts'
import { commonChecks, type EffectivePolicy } from '../site/site-policy.ts'
import type { VerdictState } from '../verdict-state.ts'
import type { Outcome, Query } from './inquiry.ts'
import type { Answer, KnownState } from './known-states.ts'
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
    const verdict = decide(known.state, demandOf(asker.policy, query), asker.policy, now)
    if (verdict.verdict === 'valid') {
      if (isNewUse(known.usedAt, now, asker.policy)) {
        known.usedAt = now
        this.#uses.saw(known.state.fingerprint, now)
      }
      return this.#validAnswer(asker, verdict, known)
    }
    if (verdict.verdict === 'needs-revalidation')
      return { verdict, subject: known.subject, redirect: this.#redirect(asker, query, known.state, now) }
    return { verdict, subject: verdict.verdict === 'revoked' ? known.subject : null, redirect: null }
  }

  /**
   * Made once, and again when the policy has come to say otherwise for how long it holds. An account that cannot be
   * opened is a refusal: who is told of none would take the person for a new one.
   */
  #validAnswer(asker: Asker, verdict: Valid, known: KnownState): Outcome {
    const expiresAt = endOf(verdict, known.state, asker.policy)
    const kept = known.valid
    if (kept?.verdict.verdict === 'valid' && kept.verdict.expiresAt === expiresAt) return kept
    try {
      const account = this.#accountAt(asker, known.state)
      known.valid = { verdict: { ...verdict, expiresAt }, subject: known.subject, redirect: null, ...account }
      return known.valid
    } catch (error) {
      if (error instanceof IdentityError) return error
      throw error
    }
  }

  #accountAt({ site }: Asker, { siteAccount, subscriberId }: VerdictState): Pick<Answer, 'account'> {
    if (siteAccount === null || subscriberId === null) return {}
    return { account: openAccount(this.#options.keyring['site-account'], siteAccount, site.id, subscriberId) }
  }

  withoutCertificate(asker: Asker, query: Query): Outcome {
    return this.#refuseQuery(asker, query) ?? { verdict: NO_CERTIFICATE, subject: null, redirect: null }
  }

  /** @param now epoch ms */
  unknown(asker: Asker, query: Query, now: number): Outcome {
    const verdict: Verdict = decide(undefined, asker.policy.demand, asker.policy, now)
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
    if (query.checks !== undefined && !this.#canBeMet(asker, query.checks)) {
      return new IdentityError(
        'checks-unmeetable',
        'No proof would satisfy these checks together with the policies of your site and of the operator. `GET /v1/site` shows which checks are taken.',
      )
    }
    if (query.returnTo === undefined) return undefined
    try {
      chooseReturnAddress(asker.policy.returnTo, query.returnTo)
      return undefined
    } catch (error) {
      if (error instanceof IdentityError) return error
      throw error
    }
  }

  /** People would be sent to a page that takes none of their proofs. */
  #canBeMet({ policy }: Asker, checks: readonly CheckName[]): boolean {
    const both = commonChecks(policy.checks, checks)
    return both?.some((name) => sufficient(this.#options.policy, 'revalidate').includes(name)) ?? false
  }

  #redirect(asker: Asker, query: Query, state: VerdictState, now: number): string {
    const ticket = sealTicket(this.#options.keyring.ticket, {
      siteId: asker.site.id,
      service: asker.service,
      fingerprint: state.fingerprint,
      returnTo: chooseReturnAddress(asker.policy.returnTo, query.returnTo),
      checks: query.checks ?? [],
      askedAt: now,
      expiresAt: now + this.#options.policy.ticketLifetime,
    })
    return `${this.#options.signonUrl}/revalidate/${ticket}`
  }
}

/** What the site always demands, and what this question asks for beside it: both count. */
function demandOf({ demand }: EffectivePolicy, { maxAge, checks }: Query): Demand {
  if (maxAge === undefined && checks === undefined) return demand
  return {
    maxAge: demand.maxAge === undefined ? maxAge : Math.min(demand.maxAge, maxAge ?? demand.maxAge),
    // those that no proof can satisfy were refused before
    checks: commonChecks(demand.checks, checks ?? []) ?? demand.checks,
  }
}

/**
 * Whoever keeps a verdict must believe it no longer than the site's `max_age`, nor past the time when the owner who wants
 * to be asked each time is asked anew.
 * @returns epoch ms
 */
function endOf(verdict: Valid, { askEveryTime, lastWalkAt }: VerdictState, policy: EffectivePolicy): number {
  const { maxAge = Number.POSITIVE_INFINITY, wishSatisfied } = policy
  const wished = askEveryTime && lastWalkAt !== null ? lastWalkAt + wishSatisfied : Number.POSITIVE_INFINITY
  return Math.min(verdict.expiresAt, verdict.validatedAt + maxAge, wished)
}

type Valid = Extract<Verdict, { verdict: 'valid' }>
