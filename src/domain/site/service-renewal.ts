import { IdentityError } from '../../errors.ts'
import type { Act } from '../act.ts'
import type { CertificateRecord, Reservation } from '../certificate/certificate.ts'
import { compromisedKey, type Issued, signReserved } from '../certificate/issuance.ts'
import type { Clock } from '../clock.ts'
import type { Issuer } from '../issuer.ts'
import { countTry } from '../proving/guesses.ts'
import type { Store } from '../store.ts'
import { type Asker, callerRefused } from './asker.ts'

/** A service has its API certificate renewed by itself, with a fresh key. */
export interface ServiceRenewal {
  /**
   * Issues the next certificate for the calling service: of the same site and service, whatever the request says. The
   * present one is superseded in a week. What later ends the present one, but for that, ends the next one with it.
   * @param asker proven by its certificate, which is the one that is renewed
   * @param request PKCS#10 with a key that was never certified, DER
   * @throws IdentityError renewal-exhausted, caller-refused, key-used, and what `Issuance.issue` throws
   */
  renew(asker: Asker, request: Uint8Array): Promise<RenewedCertificate>
}

export interface RenewedCertificate extends Issued {
  /** the issuing CA and nothing above it, PEM: what the file of the certificate carries behind it */
  readonly chain: string
}

const DAY = 24 * 60 * 60_000

/** Each process of a service may renew by itself. More than these come of an error, or of a thief. */
const MOST_RENEWALS = 32
/** Of one service, also of those that come to nothing: the work of a day is bounded, and so is what a thief leaves behind. */
const MOST_TRIES_A_DAY = 50

/**
 * When a service should renew, epoch ms: at two thirds of the life, so that a renewal which fails may be tried again for
 * weeks. It may at any time, since a key that somebody may have seen does not wait, nor does whoever tries out the way.
 */
export function renewalDue({ notBefore, notAfter }: Pick<CertificateRecord, 'notBefore' | 'notAfter'>): number {
  return Math.ceil(notBefore + ((notAfter - notBefore) * 2) / 3)
}

const INSTEAD = 'Use what it was renewed to, or ask the operator for a new one (`countersign site cert`).'
const TRIED_TOO_OFTEN = `Your service has tried to renew its API certificate too often today. ${INSTEAD}`
const RENEWED_TOO_OFTEN = `Your API certificate was renewed too often. ${INSTEAD}`

interface ServiceRenewalParts {
  readonly store: Pick<Store, 'run' | 'certificate'>
  readonly issuer: Issuer
  readonly clock: Clock
}

export function createServiceRenewal(parts: ServiceRenewalParts): ServiceRenewal {
  const { store, issuer, clock } = parts
  return {
    async renew(asker, request) {
      const act: Act = { at: clock.now(), actor: `site:${asker.site.name}` }
      const present = await store.certificate(asker.fingerprint)
      if (!present) throw callerRefused()
      await countTry(store, triesOf(asker), act.at, TRIED_TOO_OFTEN, 'renewal-exhausted')
      const reservation = draft(issuer, asker, present, request, act.at)
      refuse(await store.run('reserveRenewal', act, asker.fingerprint, reservation, MOST_RENEWALS))
      const issued = await signReserved(parts, act.actor, reservation)
      return { ...issued, chain: issuer.chain('api') }
    },
  }
}

function triesOf({ key }: Asker) {
  return { key: `renewals:${key}`, period: DAY, most: MOST_TRIES_A_DAY }
}

/** Of the request only the key is heard: site and service are the caller's own. */
function draft(
  issuer: Issuer,
  asker: Asker,
  { label }: CertificateRecord,
  request: Uint8Array,
  now: number,
): Reservation {
  const { site, service } = asker
  const binding = { subscriberId: null, deviceId: null, siteId: site.id, service }
  return issuer.draft({ profile: 'api', request, label, binding, site: site.name }, now)
}

function refuse(outcome: 'reserved' | 'compromised-key' | 'key-used' | 'not-active' | 'too-many'): void {
  switch (outcome) {
    case 'reserved':
      return
    case 'compromised-key':
      throw compromisedKey()
    case 'not-active':
      throw callerRefused()
    case 'too-many':
      throw new IdentityError('renewal-exhausted', RENEWED_TOO_OFTEN, { wait: Infinity })
    case 'key-used':
      throw new IdentityError('key-used', 'This key was certified before. Make a new one for each certificate.')
  }
}
