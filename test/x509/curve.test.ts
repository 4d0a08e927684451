import { generateKeyPairSync } from 'node:crypto'
import t from 'tap'
import { isOnCurve } from '../../src/x509/curve.ts'

for (const [curve, namedCurve, octets] of [
  ['ec-p256', 'P-256', 32],
  ['ec-p384', 'P-384', 48],
] as const) {
  t.test(curve, (t) => {
    const spki = generateKeyPairSync('ec', { namedCurve }).publicKey.export({ type: 'spki', format: 'der' })
    const point = new Uint8Array(spki.subarray(-(1 + 2 * octets)))
    const other = curve === 'ec-p256' ? 'ec-p384' : 'ec-p256'
    t.equal(isOnCurve(curve, point), true)
    t.equal(isOnCurve(other, point), false, 'another curve')
    t.equal(isOnCurve(curve, point.with(-1, point.at(-1)! ^ 1)), false, 'beside the curve')
    t.equal(isOnCurve(curve, point.with(0, 6)), false, 'hybrid')
    t.equal(isOnCurve(curve, point.subarray(0, 1 + octets).with(0, 2)), false, 'compressed')
    const [x, y] = [point.subarray(1, 1 + octets), point.subarray(1 + octets)]
    t.equal(isOnCurve(curve, Uint8Array.of(4, ...x, 0, ...y)), false, 'a zero before y')
    t.equal(isOnCurve(curve, Uint8Array.of(0)), false, 'infinity')
    t.equal(isOnCurve(curve, new Uint8Array(point.length).with(0, 4)), false, 'zeros')
    t.end()
  })
}

t.test('a coordinate that the prime was added to', (t) => {
  const p = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n
  const b = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn
  for (const x of [0n, 5n]) {
    const y = power(x * x * x - 3n * x + b, (p + 1n) / 4n, p)
    const point = (coordinate: bigint) => Uint8Array.of(4, ...Buffer.from(hex(coordinate) + hex(y), 'hex'))
    t.equal(isOnCurve('ec-p256', point(x)), true, `x = ${x}`)
    t.equal(isOnCurve('ec-p256', point(x + p)), false, 'and not x + p, which fits in 32 octets too')
  }
  t.end()
})

function hex(value: bigint): string {
  return value.toString(16).padStart(64, '0')
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n
  for (let bit = exponent, square = base; bit > 0n; bit >>= 1n, square = (square * square) % modulus) {
    if (bit & 1n) result = (result * square) % modulus
  }
  return result
}
