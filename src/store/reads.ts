import type { Awaitable } from '../domain/act.ts'
import type { StoreReads } from '../domain/store.ts'
import { auditHead, auditRows, auditRowsAbout } from './operations/audit.ts'
import { certificate, certificateBySerial, certificates, verdictState } from './operations/certificates.ts'
import { credentials } from './operations/checks.ts'
import { deviceCertificates } from './operations/devices.ts'
import { invitation } from './operations/enrollment.ts'
import { guesses, misses } from './operations/guesses.ts'
import { unfinished } from './operations/issuance.ts'
import { renewedFrom } from './operations/lines.ts'
import { isMet, meetings } from './operations/meetings.ts'
import { pairing } from './operations/pairings.ts'
import { duePushes, pushAddress } from './operations/push-addresses.ts'
import { ticketSpentAt, walksSince } from './operations/revalidation.ts'
import { revoked } from './operations/revocation.ts'
import { revocationList, revocationListNumber } from './operations/revocation-lists.ts'
import { deadLetters, securityEvents } from './operations/security-events.ts'
import { securityStream } from './operations/security-streams.ts'
import { session } from './operations/sessions.ts'
import { siteAccounts } from './operations/site-accounts.ts'
import { siteEvents, siteEventsForgotten } from './operations/site-events.ts'
import { siteLogo } from './operations/site-policies.ts'
import { peopleOf, siteStandings } from './operations/site-standings.ts'
import { site, sites } from './operations/sites.ts'
import { subscriberOf } from './operations/subjects.ts'
import { device, subscriber } from './operations/subscribers.ts'
import { isTrustHidden, ownReport, ownVouch, reportsOn, statementsAbout, vouchesFor } from './operations/trust-reads.ts'
import { relations } from './operations/usage.ts'
import { usage } from './operations/usage-counts.ts'
import type { Query } from './transaction.ts'

/** The questions that are one statement each, on either engine. */
export type StatementReads = Omit<StoreReads, 'changes' | 'ping'>

/**
 * @param ask answers one statement
 * @throws IdentityError store-unavailable, as `ask` does
 */
export function readsThrough(ask: <R>(query: Query<R>) => Awaitable<R>): StatementReads {
  return {
    siteEvents: (range) => ask(siteEvents(range)),
    siteEventsForgotten: () => ask(siteEventsForgotten()),
    securityStream: (siteId) => ask(securityStream(siteId)),
    securityEvents: (siteId, limit) => ask(securityEvents(siteId, limit)),
    deadLetters: (siteId, limit) => ask(deadLetters(siteId, limit)),
    pushAddress: (siteId) => ask(pushAddress(siteId)),
    duePushes: (now, limit) => ask(duePushes(now, limit)),
    verdictState: (fingerprint, asking) => ask(verdictState(fingerprint, asking)),
    certificate: (fingerprint) => ask(certificate(fingerprint)),
    certificateBySerial: (serial) => ask(certificateBySerial(serial)),
    certificates: (filter) => ask(certificates(filter)),
    unfinished: (before) => ask(unfinished(before)),
    site: (key) => ask(site(key)),
    sites: () => ask(sites()),
    siteLogo: (hash) => ask(siteLogo(hash)),
    statementsAbout: (siteId, subject, now) => ask(statementsAbout(siteId, subject, now)),
    ownVouch: (siteId, subject, now) => ask(ownVouch(siteId, subject, now)),
    ownReport: (siteId, subject, now) => ask(ownReport(siteId, subject, now)),
    vouchesFor: (subscriberId, now) => ask(vouchesFor(subscriberId, now)),
    reportsOn: (subscriberId, now) => ask(reportsOn(subscriberId, now)),
    isTrustHidden: (subscriberId) => ask(isTrustHidden(subscriberId)),
    siteStandings: () => ask(siteStandings()),
    peopleOf: (question) => ask(peopleOf(question)),
    isMet: (siteId, subject) => ask(isMet(siteId, subject)),
    meetings: (subscriberId) => ask(meetings(subscriberId)),
    subscriberOf: (siteId, subject) => ask(subscriberOf(siteId, subject)),
    subscriber: (id) => ask(subscriber(id)),
    device: (id) => ask(device(id)),
    deviceCertificates: (subscriberId) => ask(deviceCertificates(subscriberId)),
    relations: (subscriberId) => ask(relations(subscriberId)),
    renewedFrom: (fingerprint) => ask(renewedFrom(fingerprint)),
    session: (idHash) => ask(session(idHash)),
    pairing: (key) => ask(pairing(key)),
    credentials: (subscriberId) => ask(credentials(subscriberId)),
    invitation: (tokenHash) => ask(invitation(tokenHash)),
    guesses: (key, window) => ask(guesses(key, window)),
    misses: (key, window) => ask(misses(key, window)),
    walksSince: (fingerprint, siteId, since) => ask(walksSince(fingerprint, siteId, since)),
    ticketSpentAt: (ticketId) => ask(ticketSpentAt(ticketId)),
    revoked: (issuer, afterSerial, limit, now) => ask(revoked(issuer, afterSerial, limit, now)),
    revocationList: (issuer) => ask(revocationList(issuer)),
    revocationListNumber: (issuer) => ask(revocationListNumber(issuer)),
    auditRows: (afterCount, limit) => ask(auditRows(afterCount, limit)),
    auditRowsAbout: (objects, limit) => ask(auditRowsAbout(objects, limit)),
    auditHead: () => ask(auditHead()),
    usage: (month, siteId) => ask(usage(month, siteId)),
    siteAccounts: (subscriberId) => ask(siteAccounts(subscriberId)),
  }
}
