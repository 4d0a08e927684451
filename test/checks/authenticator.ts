import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import type { PasskeyOptions } from '../../src/domain/proving/check.ts'

/** Where a page stands that asks, as the browser would tell it, and what the authenticator does otherwise than it should. */
export interface Whims {
  readonly origin?: string
  /** the host that the authenticator takes it for */
  readonly host?: string
  /** false: nobody's finger was looked at */
  readonly userVerified?: boolean
  /** what the counter says; default: one more than last time */
  readonly counter?: number
  /** as base64url; default: the one that was asked */
  readonly challenge?: string
  readonly userHandle?: string
}

const ORIGIN = 'https://id.test:8445'
const HOST = 'id.test'

/** https://www.w3.org/TR/webauthn-3/#authdata-flags */
const FLAGS = { userPresent: 1, userVerified: 4, attested: 64 } as const

/** An authenticator with one passkey, in software: ES256, attestation none. */
export class Authenticator {
  readonly id = randomBytes(32).toString('base64url')
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  readonly #counts: boolean
  #userHandle = ''
  counter = 0

  /** @param counts false: it never does, as passkeys that are synchronized */
  constructor(counts = true) {
    this.#counts = counts
  }

  /** `navigator.credentials.create`. @returns RegistrationResponseJSON as text */
  create(options: PasskeyOptions, whims: Whims = {}): string {
    this.#userHandle = (options.user as { id: string }).id
    const attested = Buffer.concat([
      Buffer.alloc(16),
      Buffer.from([0, 32]),
      Buffer.from(this.id, 'base64url'),
      coseOf(this.#keys.publicKey),
    ])
    const authData = Buffer.concat([this.#head(whims, FLAGS.attested), attested])
    const attestationObject = cborMap([
      [cborText('fmt'), cborText('none')],
      [cborText('attStmt'), cborMap([])],
      [cborText('authData'), cborBytes(authData)],
    ])
    const clientDataJSON = clientData('webauthn.create', options, whims)
    return this.#answer({
      attestationObject: attestationObject.toString('base64url'),
      clientDataJSON: clientDataJSON.toString('base64url'),
      transports: ['internal'],
    })
  }

  /** `navigator.credentials.get`. @returns AuthenticationResponseJSON as text */
  get(options: PasskeyOptions, whims: Whims = {}): string {
    const authData = this.#head(whims, 0)
    const clientDataJSON = clientData('webauthn.get', options, whims)
    const signed = Buffer.concat([authData, createHash('sha256').update(clientDataJSON).digest()])
    return this.#answer({
      authenticatorData: authData.toString('base64url'),
      clientDataJSON: clientDataJSON.toString('base64url'),
      signature: sign('sha256', signed, this.#keys.privateKey).toString('base64url'),
      userHandle: whims.userHandle ?? this.#userHandle,
    })
  }

  #head({ host = HOST, userVerified = true, counter }: Whims, more: number): Buffer {
    if (this.#counts) this.counter += 1
    const head = Buffer.alloc(37)
    createHash('sha256').update(host).digest().copy(head)
    head[32] = FLAGS.userPresent | (userVerified ? FLAGS.userVerified : 0) | more
    head.writeUInt32BE(counter ?? this.counter, 33)
    return head
  }

  #answer(response: object): string {
    return JSON.stringify({ id: this.id, rawId: this.id, type: 'public-key', response, clientExtensionResults: {} })
  }
}

function clientData(type: string, options: PasskeyOptions, { origin = ORIGIN, challenge }: Whims): Buffer {
  return Buffer.from(JSON.stringify({ type, challenge: challenge ?? options.challenge, origin, crossOrigin: false }))
}

/** https://www.rfc-editor.org/rfc/rfc9053#section-7.1.1 */
function coseOf(key: KeyObject): Buffer {
  const { x = '', y = '' } = key.export({ format: 'jwk' })
  return cborMap([
    [Buffer.of(0x01), Buffer.of(0x02)],
    [Buffer.of(0x03), Buffer.of(0x26)],
    [Buffer.of(0x20), Buffer.of(0x01)],
    [Buffer.of(0x21), cborBytes(Buffer.from(x, 'base64url'))],
    [Buffer.of(0x22), cborBytes(Buffer.from(y, 'base64url'))],
  ])
}

/** https://www.rfc-editor.org/rfc/rfc8949#section-3.1 */
function cborMap(entries: readonly (readonly [Buffer, Buffer])[]): Buffer {
  return Buffer.concat([Buffer.of(0xa0 | entries.length), ...entries.flat()])
}

function cborText(text: string): Buffer {
  return Buffer.concat([Buffer.of(0x60 | text.length), Buffer.from(text)])
}

function cborBytes(bytes: Buffer): Buffer {
  const length =
    bytes.length < 24
      ? Buffer.of(0x40 | bytes.length)
      : bytes.length < 256
        ? Buffer.of(0x58, bytes.length)
        : Buffer.of(0x59, bytes.length >> 8, bytes.length & 255)
  return Buffer.concat([length, bytes])
}
