import { hash } from 'node:crypto'
import { parseCertificate } from '../src/x509/certificate.ts'

/** Certificates by the million: one that is real, and as many more as wanted that differ from it in their serial alone. */
export class Population {
  readonly count: number
  readonly #der: Buffer
  /** where the serial's last four octets stand */
  readonly #place: number

  /** @param template a certificate, DER */
  constructor(template: Uint8Array, count: number) {
    const { serial } = parseCertificate(template)
    this.count = count
    this.#der = Buffer.from(template)
    this.#place = this.#der.indexOf(serial) + serial.length - 4
  }

  /** Valid until the next call. */
  der(index: number): Buffer {
    this.#der.writeUInt32BE(index, this.#place)
    return this.#der
  }

  /** 16 octets, valid until the next call. */
  serial(index: number): Buffer {
    return this.der(index).subarray(this.#place - 12, this.#place + 4)
  }

  fingerprint(index: number): Buffer {
    return hash('sha256', this.der(index), 'buffer')
  }
}

/** Goes through all numbers below `count`, once around before any comes again, without two neighbors in a row. */
export class Wanderer {
  readonly #count: number
  readonly #step: number
  #at = 0

  constructor(count: number) {
    this.#count = count
    let step = Math.round(count * 0.618) || 1
    while (commonDivisor(step, count) !== 1) step += 1
    this.#step = step
  }

  next(): number {
    this.#at = (this.#at + this.#step) % this.#count
    return this.#at
  }
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b)
}
