import { IdentityError } from '../errors.ts'
import type { AuditAction } from './audit.ts'
import { CHECKS, type CheckName, type CheckTable, type Credential, type Proof } from './check.ts'
import type { Clock } from './clock.ts'
import type { Hex } from './hex.ts'
import type { Keyring } from './keyring.ts'
import type { Policy } from './policy.ts'
import { enter, type RevalidationStep, requireGood, revoked } from './revalidation-step.ts'
import type { Store } from './store.ts'
import { openTicket } from './ticket.ts'

/** What the page of a revalidation shows. Times are epoch milliseconds. */
export interface OpenRevalidation {
  /** the asking site's name */
  readonly site: string
  /** where its owner goes afterwards */
  readonly returnTo: string
  readonly askedAt: number
  readonly openedAt: number
  /** the device's label */
  readonly label: string
  /** whether the owner wants to be asked at every sign-in on this device */
  readonly askEveryTime: boolean
  /** the checks that suffice and that the owner has; at least one */
  readonly checks: readonly CheckName[]
}

export interface Answer {
  readonly check: CheckName
  readonly text: string
  /** the owner's wish for this device from now on; undefined: as it was. Heard only with a right answer */
  readonly askEveryTime?: boolean | undefined
}

/**
 * The owner proves himself again. Each step takes the sealed ticket and the fingerprint of the certificate that was
 * proven in the handshake (undefined: none), and judges both from the store as it is at that moment:
 *
 * - ticket-unusable: not ours, altered, too old, or its site is gone or has other return addresses now
 * - certificate-missing: no certificate; ticket-foreign: another one than the ticket's
 * - certificate-held, certificate-revoked, certificate-expired
 * - store-unavailable
 */
export interface Revalidation {
  /** What to show; spends nothing. @throws IdentityError those above; ticket-spent, check-missing */
  open(sealed: string, presented: Hex | undefined): Promise<OpenRevalidation>
  /**
   * Looks at an answer and, when it is right, finishes the walk.
   * @returns the address to send the browser to
   * @throws IdentityError those above; ticket-spent, check-missing, too-many-guesses, check-failed
   */
  prove(sealed: string, presented: Hex | undefined, answer: Answer): Promise<string>
  /** "This was not me": holds the certificate, even where the ticket is spent. @throws IdentityError those above */
  deny(sealed: string, presented: Hex | undefined): Promise<void>
  /** Where a ticket leads, for its own certificate alone; undefined for all others. Asks nobody. */
  destination(sealed: string, presented: Hex | undefined): string | undefined
}

interface RevalidationParts {
  readonly store: Pick<Store, 'run' | 'certificate' | 'credentials' | 'device' | 'guesses' | 'site' | 'ticketSpentAt'>
  readonly keyring: Keyring
  readonly policy: Policy
  readonly clock: Clock
  readonly checks: CheckTable
}

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

/** A spent ticket outlives its end by this: clocks differ between nodes, and are set back. */
const REMEMBERED_LONGER = 60 * 60_000

export function createRevalidation(parts: RevalidationParts): Revalidation {
  const { keyring, clock } = parts
  return {
    async open(sealed, presented) {
      const step = await enter(parts, sealed, presented)
      await requireUnspent(parts, step)
      const { ticket, site, certificate, now } = step
      const checks = namesOf(await usableCredentials(parts, step))
      return {
        site: site.name,
        returnTo: ticket.returnTo,
        askedAt: ticket.askedAt,
        openedAt: now,
        label: certificate.label,
        askEveryTime: (await parts.store.device(certificate.deviceId))?.askEveryTime ?? false,
        checks,
      }
    },

    async prove(sealed, presented, answer) {
      const step = await enter(parts, sealed, presented)
      await requireUnspent(parts, step)
      await countGuess(parts, step)
      const credentials = await usableCredentials(parts, step)
      const proof = match(parts, step, credentials, answer)
      if (!proof) throw await failed(parts, step, answer)
      await finish(parts, step, proof, answer)
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

/** What the owner can prove himself with, as far as the site takes it. */
async function usableCredentials(
  { store }: RevalidationParts,
  { site, certificate }: RevalidationStep,
): Promise<readonly Credential[]> {
  const all = await store.credentials(certificate.subscriberId)
  const usable = all.filter(
    ({ check, usedAt }) => usedAt === null && (site.checks.length === 0 || site.checks.includes(check)),
  )
  if (usable.length > 0) return usable
  throw new IdentityError(
    'check-missing',
    `${site.name} wants a proof that you have not set up, or have used up. Ask whoever invited you for a new invitation.`,
  )
}

function namesOf(credentials: readonly Credential[]): readonly CheckName[] {
  return CHECKS.filter((name) => credentials.some(({ check }) => check === name))
}

/**
 * Every answer of a minute is counted before it is looked at, in the store, for all processes together. Wrong ones are
 * counted by the day too: a thief of the file must not go on guessing slowly, and an owner who is often asked and right
 * is not kept waiting.
 */
async function countGuess(parts: RevalidationParts, step: RevalidationStep): Promise<void> {
  const { store, policy } = parts
  const { key, start } = wrongOfDay(step)
  if ((await store.guesses(key, start)) >= policy.guessesPerDay) throw tooManyGuesses('day')
  const { now, certificate } = step
  const outcome = await store.run(
    'guess',
    `check:${certificate.deviceId}`,
    now - (now % MINUTE),
    policy.guessesPerMinute,
  )
  if (outcome === 'exhausted') throw tooManyGuesses('minute')
}

function wrongOfDay({ now, certificate }: RevalidationStep): { readonly key: string; readonly start: number } {
  return { key: `wrong:${certificate.deviceId}`, start: now - (now % DAY) }
}

function tooManyGuesses(window: 'minute' | 'day'): IdentityError {
  return new IdentityError(
    'too-many-guesses',
    `Too many codes were tried within a ${window}. Wait a ${window}, then try again.`,
  )
}

function match(
  parts: RevalidationParts,
  { now }: RevalidationStep,
  credentials: readonly Credential[],
  answer: Answer,
): Proof | undefined {
  const own = credentials.filter(({ check }) => check === answer.check)
  return own.length === 0 ? undefined : parts.checks[answer.check](parts.keyring).match(own, answer.text, now)
}

/**
 * One transaction: the ticket is spent, the proof used up, validated-at set.
 *
 * Nothing loops. `extendTo` is given for every certificate, not only for those in their grace period: a node whose
 * clock is ahead would call one expired that this node calls good, and would send its owner here again and again. And
 * the spent ticket is kept for as long as it satisfies the owner's wish to be asked.
 */
async function finish(parts: RevalidationParts, step: RevalidationStep, proof: Proof, answer: Answer): Promise<void> {
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
  if (outcome === 'proof-used') throw await failed(parts, step, answer)
  if (outcome === 'not-active') throw await ended(parts, step)
}

/** Being asked or not is the owner's to say, and who has just passed a check is the owner. */
async function hearWish({ store }: RevalidationParts, step: RevalidationStep, { askEveryTime }: Answer): Promise<void> {
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

/** Only guesses that were counted are audited, so nobody fills the table. */
async function failed(parts: RevalidationParts, step: RevalidationStep, answer: Answer): Promise<IdentityError> {
  const { key, start } = wrongOfDay(step)
  await parts.store.run('guess', key, start, parts.policy.guessesPerDay)
  await note(parts, step, 'revalidation-failed', { check: answer.check })
  return new IdentityError(
    'check-failed',
    'This code is not right, or has been used. Check it and try again, or take the next one.',
  )
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
