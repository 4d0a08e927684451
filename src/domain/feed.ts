import type { Hex } from './hex.ts'

/**
 * What a change is about: one certificate's state, one site's, an issuer's new revocation list, a serial of an issuer
 * that was given up before it became a certificate, or a person as sites know him.
 */
export const CHANGE_KINDS = ['certificate', 'site', 'crl', 'serial-given-up', 'subscriber'] as const
export type ChangeKind = (typeof CHANGE_KINDS)[number]

/** Who follows the feed, each with a memory of his own that a server set back makes void. */
export type Follower = 'verdicts' | 'events' | 'revocation-lists'

/** A row of the change feed, written in the transaction of the change that it tells. */
export interface Change {
  /** strictly increasing in commit order, without gaps */
  readonly position: number
  readonly kind: ChangeKind
  /** certificate: fingerprint; site: site id; crl and serial-given-up: the issuer's name; subscriber: his id */
  readonly key: Hex | string
}
