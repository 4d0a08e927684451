import { createECDH, createHash, createPrivateKey, hkdfSync, type KeyObject } from 'node:crypto'

/** A key that signs verdicts for one period. */
export interface VerdictKey {
  readonly privateKey: KeyObject
  readonly publicKey: PublicVerdictKey
}

/** What is published of it. https://www.rfc-editor.org/rfc/rfc7517#section-4 */
export interface PublicVerdictKey {
  readonly kty: 'EC'
  readonly crv: 'P-256'
  readonly x: string
  readonly y: string
  readonly kid: string
  readonly alg: 'ES256'
  readonly use: 'sig'
}

/** How long a key signs. It is published that long before, and that long after. */
const PERIOD = 30 * 24 * 60 * 60 * 1_000

/**
 * The keys under which verdicts are signed, one for each period. All are derived from one seed of the keyring: so every
 * process and every node has the same ones, there is nothing to store, and rotation is nothing but the time.
 */
export class VerdictKeys {
  readonly #seed: Uint8Array
  /** by period; few, since time goes one way */
  readonly #made = new Map<number, VerdictKey>()

  /** @param seed 32 secret bytes */
  constructor(seed: Uint8Array) {
    this.#seed = seed
  }

  /** The key that signs. @param now epoch ms */
  at(now: number): VerdictKey {
    return this.#ofPeriod(periodOf(now))
  }

  /** What a reader must know: the keys of the period before, of this one and of the next. @param now epoch ms */
  published(now: number): readonly PublicVerdictKey[] {
    const period = periodOf(now)
    for (const old of this.#made.keys()) if (Math.abs(old - period) > 1) this.#made.delete(old)
    return [period - 1, period, period + 1].map((one) => this.#ofPeriod(one).publicKey)
  }

  #ofPeriod(period: number): VerdictKey {
    const known = this.#made.get(period)
    if (known) return known
    const made = deriveKey(this.#seed, period)
    this.#made.set(period, made)
    return made
  }
}

function periodOf(now: number): number {
  return Math.floor(now / PERIOD)
}

/** The order of the curve's base point. https://www.rfc-editor.org/rfc/rfc6090#section-5 names it n. */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

/** 128 bits more than the order has: what is left of the division's bias is nothing. FIPS 186-5, A.2.1. */
const WIDE = 48

function deriveKey(seed: Uint8Array, period: number): VerdictKey {
  const wide = Buffer.from(hkdfSync('sha256', seed, new Uint8Array(), `countersign verdict key ${period} v1`, WIDE))
  const secret = (BigInt(`0x${wide.toString('hex')}`) % (ORDER - 1n)) + 1n
  const d = Buffer.from(secret.toString(16).padStart(64, '0'), 'hex')
  const curve = createECDH('prime256v1')
  curve.setPrivateKey(d)
  const point = curve.getPublicKey()
  const key = {
    kty: 'EC',
    crv: 'P-256',
    x: base64url(point.subarray(1, 33)),
    y: base64url(point.subarray(33)),
  } as const
  return {
    privateKey: createPrivateKey({ key: { ...key, d: base64url(d) }, format: 'jwk' }),
    publicKey: { ...key, kid: thumbprint(key), alg: 'ES256', use: 'sig' },
  }
}

/** https://www.rfc-editor.org/rfc/rfc7638#section-3.2 */
function thumbprint({ crv, kty, x, y }: Pick<PublicVerdictKey, 'crv' | 'kty' | 'x' | 'y'>): string {
  return base64url(createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest())
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url')
}
