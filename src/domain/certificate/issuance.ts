import { createHash } from 'node:crypto'
import { IdentityError } from '../../errors.ts'
import type { Act } from '../act.ts'
import type { Actor } from '../audit/audit.ts'
import type { Clock } from '../clock.ts'
import type { Hex } from '../hex.ts'
import type { IssueOrder, Issuer } from '../issuer.ts'
import type { Store } from '../store.ts'
import type { Reservation } from './certificate.ts'

/** A certificate that was just issued: its record's standing parts. */
export interface Issued extends Omit<Reservation, 'tbs' | 'keyHash'> {
  /** SHA-256 of the DER */
  readonly fingerprint: Hex
  /** the certificate, DER */
  readonly der: Uint8Array
}

export interface Issuance {
  /**
   * @throws IdentityError what `Issuer.draft` throws; key-weak (the key was once revoked for compromise);
   *   signer-unavailable, signer-refused, store-unavailable
   */
  issue(wish: { readonly actor: Actor; readonly order: IssueOrder }): Promise<Issued>
  /**
   * Abandons what crashes left behind: reserved more than a minute ago and never completed. To be called at start.
   * @returns how many reservations were abandoned
   */
  recoverUnfinished(): Promise<number>
}

/** No signature is waited for so long; whoever still holds such a reservation is dead. */
const GIVEN_UP_AFTER = 60_000

interface IssuanceParts {
  readonly store: Pick<Store, 'run' | 'unfinished'>
  readonly issuer: Issuer
  readonly clock: Clock
}

/** The plain walk of a certificate: drafted, stored, signed, completed. */
export function createIssuance({ store, issuer, clock }: IssuanceParts): Issuance {
  return {
    async issue({ actor, order }) {
      const act: Act = { at: clock.now(), actor }
      const reservation = issuer.draft(order, act.at)
      const outcome = await store.run('reserve', act, reservation)
      if (outcome === 'compromised-key') throw compromisedKey()
      return signReserved({ store, issuer, clock }, actor, reservation)
    },

    async recoverUnfinished() {
      let abandoned = 0
      for (;;) {
        const act: Act = { at: clock.now(), actor: 'service:countersign' }
        const left = await store.unfinished(act.at - GIVEN_UP_AFTER)
        if (left.length === 0) return abandoned
        for (const { serial } of left) await store.run('abandon', act, serial)
        abandoned += left.length
      }
    },
  }
}

/**
 * Has a stored reservation signed, and stores the certificate.
 * @throws IdentityError signer-unavailable, signer-refused, store-unavailable: the reservation stays, and is abandoned later
 */
export async function signReserved(
  { store, issuer, clock }: { store: Pick<Store, 'run'>; issuer: Issuer; clock: Clock },
  actor: Actor,
  reservation: Reservation,
): Promise<Issued> {
  const der = await issuer.sign(reservation)
  const fingerprint = createHash('sha256').update(der).digest('hex')
  const outcome = await store.run('complete', { at: clock.now(), actor }, reservation.serial, fingerprint, der)
  if (outcome === 'gone') throw withdrawn()
  const { tbs: _tbs, keyHash: _keyHash, ...standing } = reservation
  return { ...standing, fingerprint, der }
}

export function compromisedKey(): IdentityError {
  return new IdentityError(
    'key-weak',
    'This key was once revoked because it was compromised. Make a new key and ask again.',
  )
}

/** Its site was removed, or its time ran out, between the two steps: what was signed is listed as revoked. */
function withdrawn(): IdentityError {
  return new IdentityError(
    'signer-unavailable',
    'The certificate was withdrawn before it was finished. Ask for it again.',
  )
}
