import { generateKeyPairSync } from 'node:crypto'
import t from 'tap'
import { bigEndian } from '../../src/x509/big-endian.ts'
import { refuseWeakModulus } from '../../src/x509/rsa-weakness.ts'
import { closeFactors, highModulus, rocaModulus, roughModulus, withFactor } from '../malformed/rsa-moduli.ts'
import { refusalOf } from './refusal.ts'

const refusal = (modulus: bigint) => {
  try {
    refuseWeakModulus(modulus)
    return 'taken'
  } catch (error) {
    return (error as Error).message
  }
}

t.test('honest moduli', (t) => {
  for (let i = 0; i < 3; i++) {
    const { n } = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' })
    t.equal(refusal(bigEndian(Buffer.from(n!, 'base64url'))), 'taken')
  }
  t.equal(refusal(roughModulus(4096)), 'taken')
  t.end()
})

t.test('each weakness is found for what it is', (t) => {
  const p = highModulus()
  const cases: readonly [string, bigint, RegExp][] = [
    ['even', roughModulus(2048) - 1n, /small factor/],
    ['divisible by 3', withFactor(3n), /small factor/],
    ['divisible by 751', withFactor(751n), /small factor/],
    ['a square', p * p, /close/],
    ['close primes', closeFactors(2n), /close/],
    ['primes 2^500 apart', closeFactors(2n ** 500n), /close/],
    ['primes 2^516 apart', closeFactors(2n ** 516n), /close/],
    ['ROCA', rocaModulus(), /ROCA/],
  ]
  for (const [name, modulus, message] of cases) {
    t.match(refusal(modulus), message, name)
    t.equal(
      refusalOf(() => refuseWeakModulus(modulus)),
      'key-weak',
    )
  }
  t.equal(refusal(closeFactors(2n ** 600n)), 'taken', 'primes far apart')
  t.end()
})
