import { IdentityError } from '../../errors.ts'
import type { Actor } from '../audit/audit.ts'
import type { CertificateRecord } from '../certificate/certificate.ts'
import type { Clock } from '../clock.ts'
import type { Hex } from '../hex.ts'
import type { Keyring } from '../keyring.ts'
import type { Policy } from '../policy.ts'
import type { CheckName } from '../proving/check.ts'
import { isRegistered } from '../site/return-address.ts'
import type { Site } from '../site/site.ts'
import { commonChecks, type EffectivePolicy, effectivePolicy } from '../site/site-policy.ts'
import type { Store } from '../store.ts'
import { openTicket, type Ticket } from './ticket.ts'

interface StepParts {
  readonly store: Pick<Store, 'certificate' | 'site'>
  readonly keyring: Keyring
  readonly policy: Policy
  readonly clock: Clock
}

/** A step of a walk: the ticket, and the certificate that stands behind it at this moment. */
export interface RevalidationStep {
  readonly now: number
  readonly actor: Actor
  readonly ticket: Ticket
  /** what counts for the service that asked */
  readonly policy: EffectivePolicy
  /** checks of which the proof must be one, by the site's policy and by its question; empty: the operator's policy alone */
  readonly wanted: readonly CheckName[]
  readonly certificate: CertificateRecord & { readonly subscriberId: Hex; readonly deviceId: Hex }
}

/**
 * Opens the ticket for the certificate that was presented. Whoever is not the ticket's own certificate, good at this
 * moment, learns nothing and changes nothing.
 * @throws IdentityError ticket-unusable, certificate-missing, ticket-foreign, certificate-held, certificate-revoked,
 *   certificate-expired, store-unavailable
 */
export async function enter(parts: StepParts, sealed: string, presented: Hex | undefined): Promise<RevalidationStep> {
  const now = parts.clock.now()
  const ticket = openTicket(parts.keyring.ticket, sealed, now)
  if (presented === undefined) throw missing()
  if (presented !== ticket.fingerprint) throw foreign()
  const [site, certificate] = await Promise.all([
    parts.store.site({ id: ticket.siteId }),
    parts.store.certificate(presented),
  ])
  return {
    now,
    actor: `device:${presented}`,
    ticket,
    certificate: requireGood(certificate, now),
    ...requireStillAsking(parts.policy, site, ticket),
  }
}

/**
 * The certificate of a person's device, good now.
 * @throws IdentityError ticket-foreign, certificate-held, certificate-revoked, certificate-expired
 */
export function requireGood(certificate: CertificateRecord | undefined, now: number): RevalidationStep['certificate'] {
  if (!certificate) throw foreign()
  const { profile, status, notAfter, subscriberId, deviceId } = certificate
  if (profile !== 'browser' || subscriberId === null || deviceId === null) throw foreign()
  if (status === 'revoked') throw revoked()
  if (status === 'held') throw held()
  if (now > notAfter) throw expired()
  return { ...certificate, subscriberId, deviceId }
}

/**
 * The address was registered when the ticket was made, and its checks could be met; nobody is sent to an address that has
 * been withdrawn meanwhile, and nobody proves himself by what no longer satisfies the site.
 */
function requireStillAsking(
  policy: Policy,
  site: Site | undefined,
  { service, returnTo, checks }: Ticket,
): Pick<RevalidationStep, 'policy' | 'wanted'> {
  const effective = site && effectivePolicy(policy, site, service)
  const wanted = effective && commonChecks(effective.checks, checks)
  if (wanted && isRegistered(effective.returnTo, returnTo)) return { policy: effective, wanted }
  throw new IdentityError(
    'ticket-unusable',
    'The site that sent you here is no longer registered, or not with this address, or wants another proof by now. Go back to it and sign in again.',
  )
}

function missing(): IdentityError {
  return new IdentityError(
    'certificate-missing',
    'Your browser showed no certificate. Close all its windows, go back to the site, and choose the certificate of this device when you are asked. If you have none yet, ask for an invitation.',
  )
}

function foreign(): IdentityError {
  return new IdentityError(
    'ticket-foreign',
    'Your browser showed another certificate than the one you began with. Close all its windows, go back to the site, and choose the same certificate throughout.',
  )
}

function held(): IdentityError {
  return new IdentityError(
    'certificate-held',
    'This certificate is on hold. Ask whoever invited you to release it, or for a new invitation.',
  )
}

export function revoked(): IdentityError {
  return new IdentityError(
    'certificate-revoked',
    'This certificate is revoked for ever. Ask whoever invited you for a new invitation.',
  )
}

function expired(): IdentityError {
  return new IdentityError(
    'certificate-expired',
    'This certificate has expired. Ask whoever invited you for a new invitation.',
  )
}
