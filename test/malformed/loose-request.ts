import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { element, explicit, integer, oid, sequence, setOf, utf8String } from '../../src/x509/der-writer.ts'
import * as OID from '../../src/x509/oid.ts'

/** The parts of a PKCS#10 request, each of which may be replaced by anything; all of it is signed afterwards. */
export interface LooseRequest {
  readonly version?: Uint8Array
  readonly subject?: Uint8Array
  readonly spki?: Uint8Array
  /** the content of [0] */
  readonly attributes?: readonly Uint8Array[]
  /** further elements behind the attributes */
  readonly infoTail?: Uint8Array
  readonly info?: (info: Uint8Array) => Uint8Array
  readonly algorithm?: Uint8Array
  /** content of the BIT STRING, given the signature */
  readonly signatureBits?: (signature: Uint8Array) => Uint8Array
  readonly outer?: (parts: readonly Uint8Array[]) => Uint8Array
  readonly digest?: string
  readonly key?: KeyObject
}

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
export const SAMPLE_KEY = pair.privateKey
export const SAMPLE_SPKI: Uint8Array = new Uint8Array(pair.publicKey.export({ type: 'spki', format: 'der' }))
const ECDSA_SHA256 = sequence(oid(OID.ECDSA_SHA256))

/** A name with one common name, whatever its value is. */
export function looseName(value: Uint8Array): Uint8Array {
  return sequence(setOf(sequence(oid(OID.COMMON_NAME), value)))
}

export function attribute(type: string, ...values: readonly Uint8Array[]): Uint8Array {
  return sequence(oid(type), element(0x31, ...values))
}

export function extensionRequest(...extensions: readonly Uint8Array[]): Uint8Array {
  return attribute(OID.EXTENSION_REQUEST, sequence(...extensions))
}

/** A request whose signature is right over whatever it consists of. Without replacements it is an honest one. */
export function looseRequest(loose: LooseRequest = {}): Uint8Array {
  const honest = sequence(
    loose.version ?? integer(0),
    loose.subject ?? looseName(utf8String('Laptop')),
    loose.spki ?? SAMPLE_SPKI,
    explicit(0, ...(loose.attributes ?? [])),
    ...(loose.infoTail ? [loose.infoTail] : []),
  )
  const info = loose.info ? loose.info(honest) : honest
  const signature = new Uint8Array(sign(loose.digest ?? 'sha256', info, loose.key ?? SAMPLE_KEY))
  const bits = loose.signatureBits ? loose.signatureBits(signature) : Uint8Array.of(0, ...signature)
  const parts = [info, loose.algorithm ?? ECDSA_SHA256, element(0x03, bits)]
  return loose.outer ? loose.outer(parts) : sequence(...parts)
}

/** The element with its length written in five octets. */
export function longLength(der: Uint8Array): Uint8Array {
  const { tag, content } = split(der)
  const length = content.length
  return join(
    Uint8Array.of(tag, 0x84, length >> 24, (length >> 16) & 0xff, (length >> 8) & 0xff, length & 0xff),
    content,
  )
}

/** The element with an indefinite length and the two zero octets at its end. */
export function indefinite(der: Uint8Array): Uint8Array {
  const { tag, content } = split(der)
  return join(Uint8Array.of(tag | 0x20, 0x80), content, Uint8Array.of(0, 0))
}

/** An element nested in itself. */
export function nested(tag: number, depth: number): Uint8Array {
  let der: Uint8Array = new Uint8Array()
  for (let i = 0; i < depth; i++) der = element(tag, der)
  return der
}

export function join(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}

export function split(der: Uint8Array): { tag: number; content: Uint8Array } {
  const first = der[1]!
  return { tag: der[0]!, content: der.subarray(2 + (first < 0x80 ? 0 : first & 0x7f)) }
}
