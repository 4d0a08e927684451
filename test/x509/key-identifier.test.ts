import { createHash } from 'node:crypto'
import t from 'tap'
import { keyIdentifier } from '../../src/x509/key-identifier.ts'
import { refusalOf } from './refusal.ts'
import { sampleKey } from './samples.ts'

t.test('160 bits of the SHA-256 of the point', (t) => {
  const { spki } = sampleKey()
  const expected = createHash('sha256').update(spki.subarray(-65)).digest().subarray(0, 20)
  t.equal(Buffer.compare(keyIdentifier(spki), expected), 0)
  t.equal(keyIdentifier(spki).length, 20)
  t.equal(
    refusalOf(() => keyIdentifier(spki.subarray(1))),
    'der-malformed',
  )
  t.end()
})
