import type { Pairing, PairingKey } from './account/pairing.ts'
import type { Session } from './account/session.ts'
import type { Act, Awaitable } from './act.ts'
import type { AuditEvent, AuditHead, AuditRow } from './audit/audit.ts'
import type {
  CertificateRecord,
  CertificateStatus,
  IssuerName,
  Reservation,
  RevocationReason,
} from './certificate/certificate.ts'
import type { Invitation } from './enrollment/invitation.ts'
import type { Change, Follower } from './feed.ts'
import type { Hex } from './hex.ts'
import type { AnsweredChallenge, CheckName, Credential, NewCredential, Proof } from './proving/check.ts'
import type { SecurityStreamCommands, SecurityStreamReads } from './security-event/security-stream-store.ts'
import type { Relation, SignIn } from './site/relation.ts'
import type { Right } from './site/right.ts'
import type { ServiceRenewalCommands, ServiceRenewalReads } from './site/service-renewal-store.ts'
import type { Site } from './site/site.ts'
import type { SiteAccountCommands, SiteAccountReads } from './site/site-account-store.ts'
import type { SiteEvent } from './site/site-event.ts'
import type { SiteCommands, SiteReads } from './site/site-store.ts'
import type { SubjectReads } from './site/subjects.ts'
import type { Device, DeviceCertificate, Subscriber } from './subscriber.ts'
import type { TrustCommands, TrustReads } from './trust/trust-store.ts'
import type { UsageCommands, UsageReads } from './usage/usage-store.ts'
import type { VerdictState } from './verdict-state.ts'

export interface RevokedEntry {
  readonly serial: Hex
  readonly revokedAt: number
  readonly reason: RevocationReason
}

export interface RevocationList {
  readonly issuer: IssuerName
  readonly number: number
  readonly thisUpdate: number
  readonly nextUpdate: number
  /** CertificateList, DER */
  readonly der: Uint8Array
}

export interface CertificateFilter {
  readonly profile?: CertificateRecord['profile']
  readonly siteId?: Hex
  readonly subscriberId?: Hex
  readonly status?: CertificateStatus
  /** 1 to 1000; default 100; newest first */
  readonly limit?: number
}

/** Which of what sites are told is wanted: positions after the one, up to the other. */
export interface SiteEventRange {
  readonly after: number
  readonly upTo: number
  /** undefined: of all sites */
  readonly siteId?: Hex
  /** rows at most */
  readonly limit: number
  /** the first of them, which are left out; default 0 */
  readonly skip?: number
}

/**
 * Questions. None of them waits for a writer. Those that are answered on a request's path are bounded: when the store
 * cannot be asked they reject with IdentityError `store-unavailable` within 1.5 s.
 */
export interface StoreReads
  extends SiteReads,
    SiteAccountReads,
    SubjectReads,
    TrustReads,
    UsageReads,
    ServiceRenewalReads,
    SecurityStreamReads {
  /**
   * The newest position of the feed and what changed after `since`; `'everything'` when the rows are too many or gone, or
   * the store may have been set back: then all that this follower has read of it is void, and the position may be smaller.
   */
  changes(since: number, follower: Follower): Awaitable<{ position: number; changes: readonly Change[] | 'everything' }>
  /** What sites are told, in commit order. */
  siteEvents(range: SiteEventRange): Awaitable<readonly SiteEvent[]>
  /** The position up to which it was forgotten. */
  siteEventsForgotten(): Awaitable<number>
  /** One prepared statement. `asking`: the site and service whose relation to the certificate's owner is wanted. */
  verdictState(fingerprint: Hex, asking: { siteId: Hex; service: string }): Awaitable<VerdictState | undefined>

  certificate(fingerprint: Hex): Awaitable<CertificateRecord | undefined>
  certificateBySerial(serial: Hex): Awaitable<CertificateRecord | undefined>
  certificates(filter: CertificateFilter): Awaitable<readonly CertificateRecord[]>
  /** Reserved and never completed, older than `before` (epoch ms). */
  unfinished(before: number): Awaitable<readonly Reservation[]>
  site(key: { id: Hex } | { name: string }): Awaitable<Site | undefined>
  sites(): Awaitable<readonly Site[]>
  subscriber(id: Hex): Awaitable<Subscriber | undefined>
  device(id: Hex): Awaitable<Device | undefined>
  /** The certificates of all devices of a person, newest first, at most 500. */
  deviceCertificates(subscriberId: Hex): Awaitable<readonly DeviceCertificate[]>
  /** The sites that know a person, and were not told to forget. */
  relations(subscriberId: Hex): Awaitable<readonly Relation[]>
  session(idHash: Hex): Awaitable<Session | undefined>
  pairing(key: PairingKey): Awaitable<Pairing | undefined>
  credentials(subscriberId: Hex): Awaitable<readonly Credential[]>
  invitation(tokenHash: Hex): Awaitable<Invitation | undefined>
  /** How many guesses were counted in the window (its start, epoch ms). */
  guesses(key: string, window: number): Awaitable<number>
  /** How many answers were wrong in the window, and when the last of them came (epoch ms; 0: none). */
  misses(key: string, window: number): Awaitable<Misses>
  /** How many tickets of this site were spent on this certificate since then (epoch ms). */
  walksSince(fingerprint: Hex, siteId: Hex, since: number): Awaitable<number>
  /** The ticket's spending time, or undefined. */
  ticketSpentAt(ticketId: Hex): Awaitable<number | undefined>
  /** Held and revoked certificates of an issuer in order of serial, after `afterSerial`, not past notAfter at `now`. */
  revoked(issuer: IssuerName, afterSerial: Hex, limit: number, now: number): Awaitable<readonly RevokedEntry[]>
  revocationList(issuer: IssuerName): Awaitable<RevocationList | undefined>
  /** The number of the list that {@link revocationList} would read; costs nothing, however long the list is. */
  revocationListNumber(issuer: IssuerName): Awaitable<number | undefined>
  auditRows(afterCount: number, limit: number): Awaitable<readonly AuditRow[]>
  /** What was told of these objects (fingerprints, ids), newest first. */
  auditRowsAbout(objects: readonly string[], limit: number): Awaitable<readonly AuditRow[]>
  auditHead(): Awaitable<AuditHead>
  /** Throws store-unavailable when the store cannot be asked. */
  ping(): Awaitable<void>
}

/** What `accept` makes in one transaction. */
export interface Enrollment {
  readonly tokenHash: Hex
  readonly subscriberId: Hex
  readonly device: { readonly id: Hex; readonly label: string; readonly platform?: string | null }
  readonly credentials: readonly NewCredential[]
  readonly reservation: Reservation
}

export interface Walk {
  readonly ticketId: Hex
  readonly siteId: Hex
  readonly fingerprint: Hex
  readonly proof: Proof
  /** when the spent ticket may be forgotten, epoch ms */
  readonly forgetAt: number
  /** expiresAt is moved to this time where it lies before it; never past notAfter. For a certificate in its grace period. */
  readonly extendTo: number
}

/** Wrong answers of one window. */
export interface Misses {
  readonly count: number
  /** epoch ms; 0: there was none */
  readonly lastAt: number
}

/** What is made for one person's checks in one transaction. */
export interface CheckAddition {
  readonly subscriberId: Hex
  readonly label: string | null
  readonly credentials: readonly NewCredential[]
  /** all credentials of this check that were there go: a new password, a new set of codes */
  readonly replace: boolean
  /** what may be used for one addition only: the challenge that a passkey was made for */
  readonly once?: AnsweredChallenge
}

/** Plain data in, plain data out: a command may run on another thread. Each is one transaction, acknowledged after its commit. */
export interface StoreCommands
  extends TrustCommands,
    SiteCommands,
    SiteAccountCommands,
    UsageCommands,
    ServiceRenewalCommands,
    SecurityStreamCommands {
  /** Stores serial and to-be-signed bytes. `compromised-key`: this key was once revoked for compromise. */
  reserve(act: Act, reservation: Reservation): 'reserved' | 'compromised-key'
  /** The reservation becomes a certificate. `gone`: it was abandoned meanwhile, or its site was removed: the DER must be thrown away. */
  complete(act: Act, serial: Hex, fingerprint: Hex, der: Uint8Array): 'issued' | 'gone'
  /** A reservation that a crash left behind: its serial is revoked for ever (a signature over it may exist). */
  abandon(act: Act, serial: Hex): 'abandoned' | 'unknown'
  revoke(act: Act, fingerprint: Hex, reason: RevocationReason): 'revoked' | 'already' | 'unknown'
  /** Remembers whether its owner (actor `device:`) or an operator set it; an operator's hold takes an owner's over. */
  hold(act: Act, fingerprint: Hex): 'held' | 'already' | 'revoked' | 'unknown'
  /** `not-yours`: an owner wants to lift what an operator has set. */
  release(act: Act, fingerprint: Hex): 'released' | 'not-held' | 'not-yours' | 'revoked' | 'unknown'
  /** Revokes what newer certificates of the same devices have replaced and whose time is over. Returns how many. */
  supersede(act: Act): number

  addSite(act: Act, site: Site): 'added' | 'name-taken'
  /** Removes the site and revokes all its certificates (cessation-of-operation). */
  removeSite(act: Act, id: Hex): 'removed' | 'unknown'
  /** The service has these rights from now on, and no others. */
  setRights(act: Act, siteId: Hex, service: string, rights: readonly Right[]): 'set' | 'unknown'

  invite(act: Act, invitation: Invitation): 'made'
  /**
   * Uses the invitation up, makes subscriber (but for one who is here already), device and credentials, reserves the
   * certificate: all or nothing. `check-taken`: a passkey is somebody's already.
   */
  accept(act: Act, enrollment: Enrollment): 'reserved' | 'invitation-unusable' | 'compromised-key' | 'check-taken'
  setAskEveryTime(act: Act, deviceId: Hex, wish: boolean): 'changed' | 'unknown'
  renameDevice(act: Act, deviceId: Hex, label: string): 'changed' | 'unknown'
  nameAccount(act: Act, subscriberId: Hex, name: string): 'changed' | 'unknown'

  /**
   * Uses the proof up, ends the session `replaced` and begins this one: all or nothing, and only for an active certificate.
   * @param isTold false: without a row of the audit
   */
  openSession(
    act: Act,
    session: Session,
    proof: Proof,
    replaced: Hex | null,
    isTold: boolean,
  ): 'opened' | 'proof-used' | 'not-active'
  /** Only ever moves the time forward. */
  seeSession(idHash: Hex, at: number): 'seen'
  endSession(idHash: Hex): 'ended'

  /** Ends what the same certificate offered before. */
  offerPairing(act: Act, pairing: Pairing): 'offered' | 'selector-taken'
  /** Of many at once one wins. `unusable`: claimed already, too old, or the offering certificate is no longer active. */
  claimPairing(act: Act, id: Hex, claimantHash: Hex): 'claimed' | 'unusable'
  /** With an invitation it is confirmed, without one refused. `unusable`: it is not waiting for that, or too old. */
  decidePairing(act: Act, id: Hex, invitation: Invitation | null): 'decided' | 'unusable'
  /** Ends what was not decided yet. */
  endPairing(id: Hex): 'ended'

  /** Forgets the relation of site and subscriber: the next subject there is another one. `unknown`: there is none. */
  forgetSubject(act: Act, subscriberId: Hex, siteId: Hex): 'forgotten' | 'unknown'
  /** Revokes all certificates of a person (cessation-of-operation) and removes labels, account name, credentials. */
  eraseSubscriber(act: Act, subscriberId: Hex): 'erased' | 'unknown'

  /**
   * `taken`: it is there already, or was added by the same answer before. `too-many`: a person has so many of a check at
   * most. `gone`: the person has been erased meanwhile.
   */
  addChecks(act: Act, addition: CheckAddition, most: number): 'added' | 'taken' | 'too-many' | 'gone'
  renameCheck(act: Act, subscriberId: Hex, id: Hex, label: string): 'renamed' | 'unknown'
  /**
   * Removes a credential; of recovery codes all. `needed`: the person would have no usable check any more of one of the lists.
   */
  removeCheck(
    act: Act,
    subscriberId: Hex,
    id: Hex,
    lists: readonly (readonly CheckName[])[],
  ): 'removed' | 'unknown' | 'needed'

  /** Counts one wrong answer under each key in the window (its start, epoch ms). */
  miss(keys: readonly string[], window: number, at: number): 'counted'
  /** Counts one guess in the window (its start, epoch ms) unless `limit` is reached. */
  guess(key: string, window: number, limit: number): 'allowed' | 'exhausted'
  /** Spends the ticket, uses the proof up, sets validated-at: all or nothing, and only for an active certificate. */
  walk(act: Act, walk: Walk): 'passed' | 'ticket-spent' | 'proof-used' | 'not-active'

  /** The relation row of site, subscriber and month, and the way back from the subject; a row that exists already is success. */
  signIn(row: SignIn): 'recorded'
  /** Last uses, gathered in memory; only ever moves a time forward. */
  uses(rows: readonly { fingerprint: Hex; at: number }[]): 'recorded'

  /** Takes the next CRL number of an issuer, greater than all before. */
  nextCrlNumber(issuer: IssuerName, atLeast: number): number
  /** Keeps the list unless a higher number is there. */
  publishCrl(list: RevocationList): 'published' | 'outdated'

  /** An audit row with no other effect: refusals, alarms. */
  note(event: AuditEvent): 'noted'
  /**
   * Forgets what has no more use: spent tickets, old guesses, feed rows past their time. So many rows at a time, and
   * `unfinished` where more may be left: it is asked for again then, a little later.
   */
  tidy(now: number): 'tidied' | 'unfinished'
}

export type CommandName = keyof StoreCommands

/** A store: the questions, the commands (promised), and its end. */
export interface Store extends StoreReads {
  /**
   * Runs one command.
   * @throws IdentityError store-unavailable when the commit could not be had in time; the command may or may not have happened
   */
  run<N extends CommandName>(name: N, ...args: Parameters<StoreCommands[N]>): Promise<ReturnType<StoreCommands[N]>>
  /** Told after each commit of this process, with the end of the audit chain. */
  onAudit(listener: (head: AuditHead) => void): void
  close(): Promise<void>
}
