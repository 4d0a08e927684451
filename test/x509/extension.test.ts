import t from 'tap'
import { readDer } from '../../src/x509/der.ts'
import { nullValue, octetString, oid, sequence } from '../../src/x509/der-writer.ts'
import { type Extension, encodeExtension, encodeExtensions, takeExtensions } from '../../src/x509/extension.ts'
import { malformed } from '../../src/x509/malformed.ts'
import { refusalOf } from './refusal.ts'

const extension = (type: string, critical = false): Extension => ({ oid: type, critical, value: nullValue() })
const read = (der: Uint8Array) => readDer(der, (reader) => takeExtensions(reader, () => malformed('twice')))

t.test('there and back', (t) => {
  const list = [extension('1.2.3'), extension('1.2.4', true)]
  t.same(read(encodeExtensions(list)), list)
  t.same(encodeExtension(list[0]!), sequence(oid('1.2.3'), octetString(nullValue())), 'critical FALSE is not written')
  t.throws(() => encodeExtensions([]), TypeError)
  t.end()
})

t.test('refused', (t) => {
  const one = encodeExtension(extension('1.2.3'))
  t.equal(
    refusalOf(() => read(sequence(one, one))),
    'der-malformed',
    'twice',
  )
  t.equal(
    refusalOf(() => read(sequence())),
    'der-malformed',
    'none',
  )
  t.equal(
    refusalOf(() => read(sequence(sequence(oid('1.2.3'))))),
    'der-malformed',
    'without value',
  )
  t.equal(
    refusalOf(() => read(sequence(sequence(oid('1.2.3'), nullValue(), octetString())))),
    'der-malformed',
    'NULL for critical',
  )
  t.end()
})
