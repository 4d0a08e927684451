import type { Act, Awaitable } from '../act.ts'
import type { Reservation } from '../certificate/certificate.ts'
import type { Hex } from '../hex.ts'

export interface ServiceRenewalReads {
  /** The fingerprint of the certificate with which this one was asked for; undefined: it was not, an operator gave it. */
  renewedFrom(fingerprint: Hex): Awaitable<Hex | undefined>
}

export interface ServiceRenewalCommands {
  /**
   * Reserves what a service asks for with a certificate that stands at this moment, for the same site and service.
   * Whatever ends that one, but for its being superseded, ends this one too. `key-used`: this key was certified before.
   * `too-many`: so many were renewed from it already.
   */
  reserveRenewal(
    act: Act,
    predecessor: Hex,
    reservation: Reservation,
    most: number,
  ): 'reserved' | 'compromised-key' | 'key-used' | 'not-active' | 'too-many'
}
