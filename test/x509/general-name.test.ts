import t from 'tap'
import { readDer } from '../../src/x509/der.ts'
import { element, ia5String, implicit, integer, oid, sequence } from '../../src/x509/der-writer.ts'
import { encodeGeneralName, type GeneralName, takeGeneralName } from '../../src/x509/general-name.ts'
import { refusalOf } from './refusal.ts'

const ascii = (text: string) => new TextEncoder().encode(text)
const read = (der: Uint8Array) => readDer(der, takeGeneralName)

t.test('there and back', (t) => {
  const names: readonly GeneralName[] = [
    { type: 'dns', value: 'a.example' },
    { type: 'dns', value: '*.check.localhost' },
    { type: 'uri', value: 'urn:countersign:site:a:service:b' },
    { type: 'uri', value: 'http://localhost:8480/ca/browser.cer' },
    { type: 'dns', value: `${Array(63).fill('aaa').join('.')}.a` },
    { type: 'uri', value: `urn:${'a'.repeat(1_996)}` },
    { type: 'ip', value: '127.0.0.1' },
    { type: 'ip', value: '::1' },
  ]
  for (const name of names) t.same(read(encodeGeneralName(name)), name)
  t.end()
})

t.test('never written', (t) => {
  const names: readonly GeneralName[] = [
    { type: 'dns', value: '' },
    { type: 'dns', value: 'A.example' },
    { type: 'dns', value: 'a..example' },
    { type: 'dns', value: 'a.*.example' },
    { type: 'dns', value: '-a.example' },
    { type: 'dns', value: `${'a'.repeat(64)}.example` },
    { type: 'dns', value: `${Array(63).fill('aaa').join('.')}.aa` },
    { type: 'dns', value: 'a.example\0' },
    { type: 'uri', value: '/path' },
    { type: 'uri', value: 'urn:a b' },
    { type: 'uri', value: 'urn:é' },
    { type: 'uri', value: `urn:${'a'.repeat(2_000)}` },
    { type: 'ip', value: '1.2.3' },
    { type: 'other', value: '8100' },
  ]
  for (const name of names)
    t.equal(
      refusalOf(() => encodeGeneralName(name)),
      'name-invalid',
      `${name.type} ${name.value.slice(0, 20)}`,
    )
  t.end()
})

t.test('foreign kinds are told, not left out', (t) => {
  const kinds: readonly Uint8Array[] = [
    implicit(1, ia5String('a@b.example')),
    element(0x88, oid('1.2.3').subarray(2)),
    element(0xa4, sequence()),
    element(0xa0, oid('1.2.3'), element(0xa0, integer(1))),
  ]
  for (const der of kinds) t.same(read(der), { type: 'other', value: Buffer.from(der).toString('hex') })
  t.end()
})

t.test('refused', (t) => {
  const cases: readonly [string, string, Uint8Array][] = [
    ['NUL in a DNS name', 'name-invalid', element(0x82, ascii('a\0b'))],
    ['an empty URI', 'name-invalid', element(0x86)],
    ['a space in an address', 'name-invalid', element(0x81, ascii('a b'))],
    ['a DNS name beyond ASCII', 'der-malformed', element(0x82, ascii('é'))],
    ['an IP address of three octets', 'der-malformed', element(0x87, ascii('abc'))],
    ['an OID that is none', 'der-malformed', element(0x88, Uint8Array.of(0x80))],
    ['an X.400 address', 'der-malformed', element(0xa3)],
    ['garbage in a directory name', 'der-malformed', element(0xa4, ascii('garbage'))],
    ['a DNS name in pieces', 'der-malformed', element(0xa2, ia5String('a'))],
  ]
  for (const [name, code, der] of cases)
    t.equal(
      refusalOf(() => read(der)),
      code,
      name,
    )
  t.end()
})
