import { IdentityError } from '../../errors.ts'
import type { AuditAction } from '../audit/audit.ts'
import type { Clock } from '../clock.ts'
import type { Hex } from '../hex.ts'
import type { Keyring } from '../keyring.ts'
import type { Language } from '../language.ts'
import type { Policy } from '../policy.ts'
import type { Answer, CheckName, CheckTable, PasskeyOptions, Proof } from '../proving/check.ts'
import { createProving, type Occasion, type Proving } from '../proving/proving.ts'
import type { Store } from '../store.ts'
import { enter, type RevalidationStep, requireGood, revoked } from './revalidation-step.ts'
import { openTicket } from './ticket.ts'

/** What the page of a revalidation shows. Times are epoch milliseconds. */
export interface OpenRevalidation {
  /** what the asking site is called */
  readonly site: string
  /** SHA-256 of its logo; undefined: it has none */
  readonly logo: Hex | undefined
  /** in which it may be shown, the first being for those who read none of them */
  readonly languages: readonly Language[]
  /** where its owner goes afterwards */
  readonly returnTo: string
  readonly askedAt: number
  readonly openedAt: number
  /** the device's label */
  readonly label: string
  /** whether the owner wants to be asked at every sign-in on this device */
  readonly askEveryTime: boolean
  /** the checks that suffice and that the owner has, in the order to offer them; at least one */
  readonly checks: readonly CheckName[]
  /** for `navigator.credentials.get`, where a passkey is among them; good for this ticket, once */
  readonly passkey: PasskeyOptions | undefined
}

export interface WalkAnswer extends Answer {
  /** the owner's wish for this device from now on; undefined: as it was. Heard only with a right answer */
  readonly askEveryTime?: boolean | undefined
}

/**
 * The owner proves himself again. Each step takes the sealed ticket and the fingerprint of the certificate that was
 * proven in the handshake (undefined: none), and judges both from the store as it is at that moment:
 *
 * - ticket-unusable: not ours, altered, too old, or its site is gone, has other return addresses or wants other proofs now
 * - certificate-missing: no certificate; ticket-foreign: another one than the ticket's
 * - certificate-held, certificate-revoked, certificate-expired
 * - store-unavailable
 */
export interface Revalidation {
  /**
   * What to show; spends nothing.
   * @throws IdentityError those above; ticket-spent, check-missing, check-wanted, walk-loops (the site sends its people here again and
   *   again: this is where it ends)
   */
  open(sealed: string, presented: Hex | undefined): Promise<OpenRevalidation>
  /**
   * Looks at an answer and, when it is right, finishes the walk.
   * @returns the address to send the browser to
   * @throws IdentityError those above; ticket-spent, check-missing, check-wanted, too-many-guesses, check-failed
   */
  prove(sealed: string, presented: Hex | undefined, answer: WalkAnswer): Promise<string>
  /** "This was not me": holds the certificate, even where the ticket is spent. @throws IdentityError those above */
  deny(sealed: string, presented: Hex | undefined): Promise<void>
  /** Where a ticket leads, for its own certificate alone; undefined for all others. Asks nobody. */
  destination(sealed: string, presented: Hex | undefined): string | undefined
}

interface RevalidationParts {
  readonly store: Pick<
    Store,
    'run' | 'certificate' | 'credentials' | 'device' | 'misses' | 'site' | 'ticketSpentAt' | 'walksSince'
  >
  readonly keyring: Keyring
  readonly policy: Policy
  readonly clock: Clock
  readonly checks: CheckTable
}

const MINUTE = 60_000

/** A spent ticket outlives its end by this: clocks differ between nodes, and are set back. */
const REMEMBERED_LONGER = 60 * 60_000

export function createRevalidation(parts: RevalidationParts): Revalidation {
  const { keyring, clock } = parts
  const proving = createProving(parts)
  return {
    async open(sealed, presented) {
      const step = await enter(parts, sealed, presented)
      await requireUnspent(parts, step)
      await requireNoLoop(parts, step)
      const { ticket, policy, certificate, now } = step
      return {
        site: policy.displayName,
        logo: policy.logo,
        languages: policy.languages,
        returnTo: ticket.returnTo,
        askedAt: ticket.askedAt,
        openedAt: now,
        label: certificate.label,
        askEveryTime: (await parts.store.device(certificate.deviceId))?.askEveryTime ?? false,
        ...(await proving.ask(certificate, occasionOf(step))),
      }
    },

    async prove(sealed, presented, answer) {
      const step = await enter(parts, sealed, presented)
      await requireUnspent(parts, step)
      const proof = await proving.examine(step.certificate, occasionOf(step), answer)
      await finish({ ...parts, proving }, step, proof)
      await hearWish(parts, step, answer)
      return step.ticket.returnTo
    },

    async deny(sealed, presented) {
      const step = await enter(parts, sealed, presented)
      const outcome = await parts.store.run('hold', { at: step.now, actor: step.actor }, step.ticket.fingerprint)
      if (outcome === 'revoked' || outcome === 'unknown') throw revoked()
      await note(parts, step, 'revalidation-denied', {})
    },

    destination(sealed, presented) {
      try {
        const ticket = openTicket(keyring.ticket, sealed, clock.now())
        return ticket.fingerprint === presented ? ticket.returnTo : undefined
      } catch {
        return undefined
      }
    },
  }
}

async function requireUnspent({ store }: RevalidationParts, { ticket }: RevalidationStep): Promise<void> {
  if ((await store.ticketSpentAt(ticket.id)) !== undefined) throw spent()
}

/**
 * A site that is never content would send its people here for ever, each time through a page that they only touch.
 * The third walk to one site within a minute is where it ends.
 */
async function requireNoLoop({ store, policy }: RevalidationParts, { ticket, now }: RevalidationStep): Promise<void> {
  const walks = await store.walksSince(ticket.fingerprint, ticket.siteId, now - MINUTE)
  if (walks < policy.walksPerMinute) return
  throw new IdentityError(
    'walk-loops',
    `You have proved yourself ${walks} times within a minute, and the site asks again. Wait a minute, then try once more; if it stays, tell the site: its max_age or its checks cannot be met, or it does not take the verdict that it was given.`,
    { wait: MINUTE },
  )
}

function occasionOf({ ticket, wanted }: RevalidationStep): Occasion {
  const facts = { site: ticket.siteId, ticket: ticket.id }
  return { purpose: 'revalidate', binding: ticket.id, wanted, facts }
}

/**
 * One transaction: the ticket is spent, the proof used up, validated-at set.
 *
 * Nothing loops. `extendTo` is given for every certificate, not only for those in their grace period: a node whose
 * clock is ahead would call one expired that this node calls good, and would send its owner here again and again. And
 * the spent ticket is kept for as long as it satisfies the owner's wish to be asked.
 */
async function finish(
  parts: RevalidationParts & { readonly proving: Proving },
  step: RevalidationStep,
  proof: Proof,
): Promise<void> {
  const { policy, store } = parts
  const { now, actor, ticket } = step
  const outcome = await store.run(
    'walk',
    { at: now, actor },
    {
      ticketId: ticket.id,
      siteId: ticket.siteId,
      fingerprint: ticket.fingerprint,
      proof,
      forgetAt: Math.max(ticket.expiresAt, now + policy.wishSatisfied) + REMEMBERED_LONGER,
      extendTo: now + policy.extension,
    },
  )
  if (outcome === 'ticket-spent') throw spent()
  if (outcome === 'proof-used') throw await parts.proving.refuted(step.certificate, occasionOf(step), proof.check)
  if (outcome === 'not-active') throw await ended(parts, step)
}

/** Being asked or not is the owner's to say, and who has just passed a check is the owner. */
async function hearWish(
  { store }: RevalidationParts,
  step: RevalidationStep,
  { askEveryTime }: WalkAnswer,
): Promise<void> {
  if (askEveryTime === undefined) return
  const { now, actor, certificate } = step
  const device = await store.device(certificate.deviceId)
  if (device && device.askEveryTime !== askEveryTime) {
    await store.run('setAskEveryTime', { at: now, actor }, certificate.deviceId, askEveryTime)
  }
}

/** The certificate was good when the step began: what is it now? */
async function ended({ store, clock }: RevalidationParts, { ticket }: RevalidationStep): Promise<IdentityError> {
  requireGood(await store.certificate(ticket.fingerprint), clock.now())
  return revoked()
}

async function note(
  { store }: RevalidationParts,
  step: RevalidationStep,
  action: AuditAction,
  detail: Readonly<Record<string, string>>,
): Promise<void> {
  const { now, actor, ticket } = step
  await store.run('note', {
    at: now,
    actor,
    action,
    object: ticket.fingerprint,
    detail: { ...detail, site: ticket.siteId, ticket: ticket.id },
  })
}

function spent(): IdentityError {
  return new IdentityError(
    'ticket-spent',
    'This address has been used. Go back to the site; if it asks again, it will send you here anew.',
  )
}
