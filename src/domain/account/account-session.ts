import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { IdentityError } from '../../errors.ts'
import type { Actor } from '../audit/audit.ts'
import type { CertificateRecord } from '../certificate/certificate.ts'
import type { Clock } from '../clock.ts'
import type { Hex } from '../hex.ts'
import type { Keyring } from '../keyring.ts'
import { type Policy, sufficient } from '../policy.ts'
import type { Answer, CheckName } from '../proving/check.ts'
import type { Occasion, Prover, Proving, Question } from '../proving/proving.ts'
import { requireGood, revoked } from '../revalidation/revalidation-step.ts'
import type { Store } from '../store.ts'
import { countVisit, isVisitTold } from './own-change.ts'
import type { Session } from './session.ts'

/** An owner in his own account, at one request. Times are epoch milliseconds. */
export interface AccountSession extends Prover {
  /** SHA-256 of the cookie */
  readonly id: Hex
  readonly now: number
  readonly actor: Actor
  readonly provenAt: number
  readonly provenWith: CheckName
  readonly certificate: CertificateRecord
  /** what every form of this session carries */
  readonly token: string
}

/** What a session is opened for: being there, or adding a device, for which a policy may want another check. */
export type AccountPurpose = 'change' | 'device'

/** What the page shows before the account opens. */
export interface AccountDoor extends Question {
  /** the device's label, as it stands in the certificate */
  readonly label: string
}

/**
 * Being signed in to one's own account: a cookie that stands for one certificate, and ends with it, after 15 minutes
 * without a request, after 12 hours, or when its owner signs out. `presented` is the fingerprint of the certificate that
 * was proven in the handshake (undefined: none). All throw store-unavailable.
 */
export interface AccountSessions {
  /** Changes nothing. @throws IdentityError certificate-missing, ticket-foreign, certificate-held, -revoked, -expired, check-missing */
  ask(presented: Hex | undefined, purpose: AccountPurpose): Promise<AccountDoor>
  /**
   * Opens the account with a right answer.
   * @param replaced the cookie that was sent, or undefined: its session ends
   * @returns the new cookie: 32 random bytes, base64url
   * @throws IdentityError as `ask`; too-many-guesses, check-failed
   */
  open(
    presented: Hex | undefined,
    purpose: AccountPurpose,
    answer: Answer,
    replaced: string | undefined,
  ): Promise<string>
  /** @throws IdentityError session-missing; certificate-expired */
  enter(cookie: string | undefined, presented: Hex | undefined): Promise<AccountSession>
  /** @throws IdentityError form-outdated: the form is not one of this session's */
  requireToken(session: AccountSession, token: string | undefined): void
  /** @throws IdentityError proof-stale: the last proof is older than ten minutes, or does not suffice for this */
  requireFresh(session: AccountSession, purpose: AccountPurpose): void
  /** Signs out, whoever asks: the cookie is all that there is to lose. Nothing happens where it stands for no session. */
  end(cookie: string | undefined): Promise<void>
}

interface AccountParts {
  readonly store: Pick<Store, 'run' | 'certificate' | 'session' | 'guesses'>
  readonly keyring: Keyring
  readonly policy: Policy
  readonly clock: Clock
  readonly proving: Proving
}

const MINUTE = 60_000
const IDLE = 15 * MINUTE
const LONGEST = 12 * 60 * MINUTE
/** How long a proof lets its owner change what guards the account. */
const FRESH = 10 * MINUTE
/** A request is worth a row this often: somebody may be called idle so much earlier, never later. */
const SEEN_GRAIN = MINUTE
/** Clocks of nodes differ by less. */
const CLOCK_TOLERANCE = MINUTE

const COOKIE_BYTES = 32
const COOKIE = /^[A-Za-z0-9_-]{43}$/

export function createAccountSessions(parts: AccountParts): AccountSessions {
  const { store, keyring, policy, clock, proving } = parts
  return {
    async ask(presented, purpose) {
      const certificate = await presentedCertificate(parts, presented)
      return { label: certificate.label, ...(await proving.ask(certificate, occasionOf(policy, purpose))) }
    },

    async open(presented, purpose, answer, replaced) {
      const certificate = await presentedCertificate(parts, presented)
      const occasion = occasionOf(policy, purpose)
      const proof = await proving.examine(certificate, occasion, answer)
      const cookie = randomBytes(COOKIE_BYTES).toString('base64url')
      const session = sessionFor(certificate, proof.check, hashOf(cookie), clock.now())
      const act = { at: session.provenAt, actor: actorOf(session) }
      const isTold = await isVisitTold(store, certificate, act.at)
      const outcome = await store.run('openSession', act, session, proof, idOf(replaced) ?? null, isTold)
      if (outcome === 'proof-used') throw await proving.refuted(certificate, occasion, proof.check)
      if (outcome === 'not-active') throw await ended(parts, session.fingerprint)
      await countVisit(store, certificate, act.at)
      return cookie
    },

    async enter(cookie, presented) {
      const id = idOf(cookie)
      const session = id === undefined ? undefined : await store.session(id)
      if (!session) throw sessionMissing()
      const now = clock.now()
      if (presented !== session.fingerprint || isOver(session, now)) {
        await store.run('endSession', session.idHash)
        throw sessionMissing()
      }
      const certificate = requireGood(await store.certificate(presented), now)
      if (now - session.seenAt >= SEEN_GRAIN) await store.run('seeSession', session.idHash, now)
      return {
        id: session.idHash,
        now,
        actor: actorOf(session),
        subscriberId: session.subscriberId,
        deviceId: certificate.deviceId,
        fingerprint: session.fingerprint,
        provenAt: session.provenAt,
        provenWith: session.provenWith,
        certificate,
        token: tokenOf(keyring, session.idHash),
      }
    },

    requireToken({ token }, given = '') {
      const [right, sent] = [Buffer.from(token), Buffer.from(given)]
      if (right.length !== sent.length || !timingSafeEqual(right, sent)) throw formOutdated()
    },

    requireFresh({ provenAt, provenWith }, purpose) {
      const isFresh = clock.now() - provenAt <= FRESH
      if (!isFresh || !sufficient(policy, purpose).includes(provenWith)) throw proofStale()
    },

    async end(cookie) {
      const id = idOf(cookie)
      if (id !== undefined) await store.run('endSession', id)
    },
  }
}

async function presentedCertificate({ store, clock }: AccountParts, presented: Hex | undefined) {
  if (presented === undefined) throw certificateMissing()
  return requireGood(await store.certificate(presented), clock.now())
}

/** Whoever is let in to add a device is in the account as well: both policies are heard. */
function occasionOf(policy: Policy, purpose: AccountPurpose): Occasion {
  return { purpose, binding: 'account', wanted: sufficient(policy, 'change') }
}

function sessionFor(certificate: Prover, provenWith: CheckName, idHash: Hex, now: number): Session {
  const { fingerprint, subscriberId } = certificate
  return { idHash, fingerprint, subscriberId, provenAt: now, provenWith, seenAt: now, forgetAt: now + LONGEST }
}

function isOver({ seenAt, forgetAt }: Session, now: number): boolean {
  return now - seenAt > IDLE || now >= forgetAt || seenAt - now > CLOCK_TOLERANCE
}

/** The certificate was good when the answer came: what is it now? */
async function ended({ store, clock }: AccountParts, fingerprint: Hex): Promise<IdentityError> {
  requireGood(await store.certificate(fingerprint), clock.now())
  return revoked()
}

function actorOf({ fingerprint }: Pick<Session, 'fingerprint'>): Actor {
  return `device:${fingerprint}`
}

function tokenOf(keyring: Keyring, id: Hex): string {
  return createHmac('sha256', keyring.session).update(`form ${id}`).digest('base64url')
}

function idOf(cookie: string | undefined): Hex | undefined {
  return cookie !== undefined && COOKIE.test(cookie) ? hashOf(cookie) : undefined
}

function hashOf(cookie: string): Hex {
  return createHash('sha256').update(cookie).digest('hex')
}

function certificateMissing(): IdentityError {
  return new IdentityError(
    'certificate-missing',
    'Your browser showed no certificate. Close all its windows, open this address again, and choose the certificate of this device when you are asked.',
  )
}

function sessionMissing(): IdentityError {
  return new IdentityError(
    'session-missing',
    'You are not signed in to your account, or no longer. Prove yourself again.',
  )
}

function formOutdated(): IdentityError {
  return new IdentityError(
    'form-outdated',
    'This form belongs to an earlier visit, and nothing was changed. Open your account again, and try once more.',
  )
}

function proofStale(): IdentityError {
  return new IdentityError('proof-stale', 'This wants a fresh proof that it is you. Prove yourself again.')
}
