import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import type { ErrorCode } from '../../src/errors.ts'
import { bitString, element, integer, nullValue, oid, sequence } from '../../src/x509/der-writer.ts'
import { SAMPLE_SPKI } from './loose-request.ts'
import { closeFactors, highModulus, rocaModulus, roughModulus, withFactor } from './rsa-moduli.ts'

/** A public key that must be refused where the usual ones are taken. */
export interface HostileKey {
  readonly name: string
  readonly code: ErrorCode
  readonly spki: Uint8Array
}

const UNSUPPORTED = 'key-unsupported'
const RSA = sequence(oid('1.2.840.113549.1.1.1'), nullValue())
const EC = '1.2.840.10045.2.1'
const P256 = '1.2.840.10045.3.1.7'
export function hostileKeys(): readonly HostileKey[] {
  return [...curveKeys(), ...edwardsKeys(), ...rsaKeys(), ...weakRsaKeys(), ...foreignKeys()]
}

/** An RSA key with the modulus; nobody has to know its factors. */
export function rsaSpki(modulus: bigint, exponent = 65537n): Uint8Array {
  return sequence(RSA, bitString(sequence(integer(modulus), integer(exponent))))
}

function curveKeys(): HostileKey[] {
  const point = SAMPLE_SPKI.subarray(-65)
  const [x, y] = [point.subarray(1, 33), point.subarray(33)]
  const p256 = (bits: Uint8Array) => sequence(sequence(oid(EC), oid(P256)), bitString(bits))
  const odd = y.at(-1)! & 1
  const p521 = generateKeyPairSync('ec', { namedCurve: 'P-521' }).publicKey
  const explicitParameters = generateKeyPairSync('ec', { namedCurve: 'P-256', paramEncoding: 'explicit' }).publicKey
  return [
    { name: 'a compressed point', code: UNSUPPORTED, spki: p256(Uint8Array.of(2 + odd, ...x)) },
    { name: 'a hybrid point', code: UNSUPPORTED, spki: p256(Uint8Array.of(6 + odd, ...x, ...y)) },
    { name: 'the point at infinity', code: UNSUPPORTED, spki: p256(Uint8Array.of(0)) },
    { name: 'a point off the curve', code: UNSUPPORTED, spki: p256(point.with(-1, point.at(-1)! ^ 1)) },
    {
      name: 'a coordinate above the prime',
      code: UNSUPPORTED,
      spki: p256(Uint8Array.of(4, ...new Uint8Array(32).fill(0xff), ...y)),
    },
    { name: 'zeros for a point', code: UNSUPPORTED, spki: p256(Uint8Array.of(4, ...new Uint8Array(64))) },
    { name: 'a point that is cut off', code: UNSUPPORTED, spki: p256(point.subarray(0, -1)) },
    {
      name: 'a point of P-256 under P-384',
      code: UNSUPPORTED,
      spki: sequence(sequence(oid(EC), oid('1.3.132.0.34')), bitString(point)),
    },
    { name: 'explicit parameters', code: UNSUPPORTED, spki: spkiOf(explicitParameters) },
    { name: 'P-521', code: UNSUPPORTED, spki: spkiOf(p521) },
    {
      name: 'bytes behind the key',
      code: 'der-malformed',
      spki: sequence(sequence(oid(EC), oid(P256)), bitString(point), nullValue()),
    },
    {
      name: 'NULL behind the curve',
      code: 'der-malformed',
      spki: sequence(sequence(oid(EC), oid(P256), nullValue()), bitString(point)),
    },
  ]
}

function edwardsKeys(): HostileKey[] {
  return [
    {
      name: 'Ed25519 where it is not allowed',
      code: UNSUPPORTED,
      spki: spkiOf(generateKeyPairSync('ed25519').publicKey),
    },
    { name: 'Ed448', code: UNSUPPORTED, spki: spkiOf(generateKeyPairSync('ed448').publicKey) },
    { name: 'X25519', code: UNSUPPORTED, spki: spkiOf(generateKeyPairSync('x25519').publicKey) },
  ]
}

function rsaKeys(): HostileKey[] {
  const modulus = roughModulus(2048)
  const rsaBits = (...parts: readonly Uint8Array[]) => sequence(RSA, bitString(sequence(...parts)))
  return [
    { name: 'RSA of 512 bits', code: UNSUPPORTED, spki: rsaSpki(roughModulus(512)) },
    { name: 'RSA of 1024 bits', code: UNSUPPORTED, spki: rsaSpki(roughModulus(1024)) },
    { name: 'RSA of 2047 bits', code: UNSUPPORTED, spki: rsaSpki(modulus >> 1n) },
    { name: 'RSA of 4097 bits', code: UNSUPPORTED, spki: rsaSpki(modulus << 2049n) },
    { name: 'RSA of 8192 bits', code: UNSUPPORTED, spki: rsaSpki(roughModulus(8192)) },
    { name: 'RSA with e = 3', code: UNSUPPORTED, spki: rsaSpki(modulus, 3n) },
    { name: 'RSA with e = 1', code: UNSUPPORTED, spki: rsaSpki(modulus, 1n) },
    { name: 'RSA with a large e', code: UNSUPPORTED, spki: rsaSpki(modulus, modulus - 2n) },
    { name: 'RSA with modulus 0', code: UNSUPPORTED, spki: rsaSpki(0n) },
    {
      name: 'RSA with a negative modulus',
      code: UNSUPPORTED,
      spki: rsaBits(element(0x02, new Uint8Array(256).fill(0x80)), integer(65537)),
    },
    {
      name: 'RSA with a zero before the modulus',
      code: 'der-malformed',
      spki: rsaBits(element(0x02, Uint8Array.of(0, 0), integer(modulus).subarray(5)), integer(65537)),
    },
    {
      name: 'RSA with a third number',
      code: 'der-malformed',
      spki: rsaBits(integer(modulus), integer(65537), integer(1)),
    },
    {
      name: 'RSA without NULL',
      code: UNSUPPORTED,
      spki: sequence(sequence(oid('1.2.840.113549.1.1.1')), bitString(sequence(integer(modulus), integer(65537)))),
    },
    {
      name: 'RSA for PSS alone',
      code: UNSUPPORTED,
      spki: spkiOf(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey),
    },
  ]
}

function weakRsaKeys(): HostileKey[] {
  const weak: ErrorCode = 'key-weak'
  return [
    { name: 'an even modulus', code: weak, spki: rsaSpki(roughModulus(2048) - 1n) },
    { name: 'a modulus with the factor 3', code: weak, spki: rsaSpki(withFactor(3n)) },
    { name: 'a modulus with the factor 751', code: weak, spki: rsaSpki(withFactor(751n)) },
    { name: 'a square for a modulus', code: weak, spki: rsaSpki(highModulus() ** 2n) },
    { name: 'two primes close together', code: weak, spki: rsaSpki(closeFactors(2n ** 200n)) },
    { name: 'a modulus of the ROCA library', code: weak, spki: rsaSpki(rocaModulus()) },
  ]
}

function foreignKeys(): HostileKey[] {
  return [
    {
      name: 'DSA',
      code: UNSUPPORTED,
      spki: sequence(
        sequence(oid('1.2.840.10040.4.1'), sequence(integer(23), integer(11), integer(4))),
        bitString(integer(8)),
      ),
    },
    { name: 'no algorithm', code: 'der-malformed', spki: sequence(bitString(Uint8Array.of(1))) },
  ]
}

function spkiOf(key: KeyObject): Uint8Array {
  return new Uint8Array(key.export({ type: 'spki', format: 'der' }))
}
