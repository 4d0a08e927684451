import { IdentityError } from '../errors.ts'

/** The odd primes below 752: no honest modulus has such a factor. */
const SMALL_PRIMES = oddPrimesBelow(752)

/**
 * "Return of Coppersmith's attack" (CVE-2017-15361): moduli of the flawed library are powers of 65537 modulo each of the
 * odd primes to 167. An honest modulus is that with a chance of less than 2^-27.
 * https://crocs.fi.muni.cz/public/papers/rsa_ccs17
 */
const ROCA_PRIMES = SMALL_PRIMES.filter((prime) => prime <= 167)
const ROCA_RESIDUES = new Map(ROCA_PRIMES.map((prime) => [prime, powersOf65537(prime)]))

/** Steps of Fermat's method. Primes chosen as carelessly as in CVE-2022-26320 fall within a few. */
const FERMAT_STEPS = 100n

/**
 * Refuses a modulus that is known to be easy to factor.
 * @throws IdentityError key-weak
 */
export function refuseWeakModulus(modulus: bigint): void {
  if (hasSmallFactor(modulus)) throw weak('its modulus has a small factor')
  if (ROCA_PRIMES.every((prime) => ROCA_RESIDUES.get(prime)!.has(residue(modulus, prime)))) {
    throw weak('it was made by a library with the ROCA flaw')
  }
  if (hasClosePrimes(modulus)) throw weak('its two primes lie too close together')
}

function hasSmallFactor(modulus: bigint): boolean {
  return modulus % 2n === 0n || SMALL_PRIMES.some((prime) => residue(modulus, prime) === 0)
}

/** Fermat: n = a^2 - b^2 with a just above the square root of n. */
function hasClosePrimes(modulus: bigint): boolean {
  const root = squareRoot(modulus)
  const first = root * root === modulus ? root : root + 1n
  for (let a = first; a < first + FERMAT_STEPS; a++) if (isSquare(a * a - modulus)) return true
  return false
}

function isSquare(value: bigint): boolean {
  // Squares end in few digits of base 16: most others are told without a root.
  const digit = value & 15n
  if (digit !== 0n && digit !== 1n && digit !== 4n && digit !== 9n) return false
  const root = squareRoot(value)
  return root * root === value
}

/** The whole part of the square root, by Newton's method from above. */
function squareRoot(value: bigint): bigint {
  if (value < 2n) return value
  let root = 1n << BigInt((value.toString(16).length * 4 + 1) >> 1)
  for (;;) {
    const next = (root + value / root) >> 1n
    if (next >= root) return root
    root = next
  }
}

function residue(modulus: bigint, prime: number): number {
  return Number(modulus % BigInt(prime))
}

function powersOf65537(prime: number): ReadonlySet<number> {
  const powers = new Set<number>()
  for (let power = 1; !powers.has(power); power = (power * 65537) % prime) powers.add(power)
  return powers
}

function oddPrimesBelow(end: number): number[] {
  const primes: number[] = []
  for (let n = 3; n < end; n += 2) if (primes.every((prime) => n % prime !== 0)) primes.push(n)
  return primes
}

function weak(what: string): IdentityError {
  return new IdentityError(
    'key-weak',
    `This key is weak: ${what}. Make a new key with other software, and the request anew.`,
  )
}
