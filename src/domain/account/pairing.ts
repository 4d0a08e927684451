import type { Hex } from '../hex.ts'

/**
 * What becomes of a code that one device shows and another one types:
 * offered -> claimed (the other device is waiting) -> confirmed (it may enroll) or refused.
 * A code that nobody types in time stays offered, and is forgotten.
 */
export type PairingState = 'offered' | 'claimed' | 'confirmed' | 'refused'

/** One code, as the store keeps it: without its secret part, which follows from the id under a key that is not there. */
export interface Pairing {
  readonly id: Hex
  /** the first part of the code, by which it is found */
  readonly selector: string
  readonly subscriberId: Hex
  /** the certificate of the device that offered it */
  readonly fingerprint: Hex
  readonly state: PairingState
  /** SHA-256 of the token that the other device was given as it claimed; the invitation's hash once it is confirmed */
  readonly claimantHash: Hex | null
  /** epoch ms */
  readonly createdAt: number
  readonly expiresAt: number
}

/** How a pairing is found: by the code's first part, by who claimed it, or by the certificate that offered it. */
export type PairingKey = { readonly selector: string } | { readonly claimantHash: Hex } | { readonly fingerprint: Hex }
