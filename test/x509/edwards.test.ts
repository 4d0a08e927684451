import { generateKeyPairSync } from 'node:crypto'
import t from 'tap'
import { isHonestPoint } from '../../src/x509/edwards.ts'

/** https://www.rfc-editor.org/rfc/rfc7748#section-4.1 names the group; these are its points of small order, y and sign. */
const SMALL_ORDER = [
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0000000000000000000000000000000000000000000000000000000000000080',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
]

t.test('honest keys', (t) => {
  for (let i = 0; i < 20; i++) {
    const spki = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' })
    t.equal(isHonestPoint(new Uint8Array(spki.subarray(-32))), true)
  }
  t.end()
})

t.test('keys of small order, and y beyond the prime', (t) => {
  for (const key of SMALL_ORDER) t.equal(isHonestPoint(Buffer.from(key, 'hex')), false, key)
  t.equal(isHonestPoint(Buffer.from(`ed${'ff'.repeat(30)}7f`, 'hex')), false, 'y = p')
  t.equal(isHonestPoint(Buffer.from('ff'.repeat(32), 'hex')), false, 'y = 2^255 - 1')
  t.equal(isHonestPoint(new Uint8Array(31).fill(9)), false, 'too short')
  t.end()
})
