import fc from 'fast-check'
import t from 'tap'
import { decodeBase64, encodeBase64 } from '../../src/x509/base64.ts'

t.test('agrees with Buffer', (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      const text = Buffer.from(bytes).toString('base64')
      const decoded = decodeBase64(text)
      return encodeBase64(bytes) === text && decoded !== undefined && Buffer.compare(decoded, bytes) === 0
    }),
  )
  const long = new Uint8Array(100_000).fill(0xa5)
  t.same(decodeBase64(encodeBase64(long)), long)
  t.end()
})

t.test('takes one spelling only', (t) => {
  for (const text of [
    'A',
    'AA',
    'AAA',
    'AB==',
    'AAB=',
    'A===',
    '====',
    'AA=A',
    'AA A',
    'AA-_',
    'AAAé',
    'AA\n=',
    'AAAA=',
    '=AAA',
  ]) {
    t.equal(decodeBase64(text), undefined, text)
  }
  fc.assert(
    fc.property(
      fc.string({ maxLength: 12, unit: fc.constantFrom(...'ABgw/+=-é') }),
      (text) => (decodeBase64(text) !== undefined) === (Buffer.from(text, 'base64').toString('base64') === text),
    ),
    { numRuns: 2_000 },
  )
  t.end()
})
