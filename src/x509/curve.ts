import { bigEndian } from './big-endian.ts'

/** https://csrc.nist.gov/pubs/sp/800/186/final section 3.2.1; on both curves a is -3. */
const CURVES = {
  'ec-p256': {
    octets: 32,
    p: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
    b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
  },
  'ec-p384': {
    octets: 48,
    p: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
    b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
  },
} as const

/**
 * Whether the octets are an uncompressed point of the curve. OpenSSL also takes compressed and hybrid ones and the point
 * at infinity: one key would have several fingerprints.
 * https://www.rfc-editor.org/rfc/rfc5480#section-2.2
 */
export function isOnCurve(curve: keyof typeof CURVES, point: Uint8Array): boolean {
  const { octets, p, b } = CURVES[curve]
  if (point.length !== 1 + 2 * octets || point[0] !== 0x04) return false
  const x = bigEndian(point.subarray(1, 1 + octets))
  const y = bigEndian(point.subarray(1 + octets))
  return x < p && y < p && (y * y - (x * x - 3n) * x - b) % p === 0n
}
