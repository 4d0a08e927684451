import { randomBytes } from 'node:crypto'

/** Those to 167. */
const ODD_PRIMES = Array.from({ length: 83 }, (_, i) => BigInt(2 * i + 3)).filter((n) => !hasFactorBelow(n, n))

/** A number of the given size that no small prime divides. */
export function roughModulus(bits: number): bigint {
  for (;;) {
    const candidate = (1n << BigInt(bits - 1)) | BigInt(`0x${randomBytes(bits / 8 - 1).toString('hex')}`) | 1n
    if (!hasFactorBelow(candidate, 1_000n)) return candidate
  }
}

/** 65537^a modulo all odd primes to 167, as CVE-2017-15361 makes them, and of 2048 bits. */
export function rocaModulus(): bigint {
  const primorial = ODD_PRIMES.reduce((product, prime) => product * prime, 2n)
  let power = 1n
  for (let i = 0; i < 1_234; i++) power = (power * 65537n) % primorial
  for (let k = (1n << 2047n) / primorial + BigInt(`0x${randomBytes(8).toString('hex')}`); ; k++) {
    const modulus = k * primorial + power
    if (!hasFactorBelow(modulus, 1_000n)) return modulus
  }
}

/** The product of two numbers of 1024 bits without small factors; they differ by a little more than the distance, which is even. */
export function closeFactors(distance: bigint): bigint {
  const p = highModulus()
  let q = p + distance
  while (hasFactorBelow(q, 1_000n)) q += 2n
  return p * q
}

/** So high that the product of two has twice the bits. */
export function highModulus(): bigint {
  for (;;) {
    const candidate = roughModulus(1024) | (3n << 1022n)
    if (!hasFactorBelow(candidate, 1_000n)) return candidate
  }
}

/** A modulus of 2048 bits that the prime divides. */
export function withFactor(prime: bigint): bigint {
  const cofactor = roughModulus(2048) / prime
  return (cofactor | 1n) * prime
}

function hasFactorBelow(value: bigint, end: bigint): boolean {
  for (let n = 3n; n < end; n += 2n) if (value % n === 0n) return true
  return value % 2n === 0n
}
