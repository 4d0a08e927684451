import t from 'tap'
import { readDer } from '../../src/x509/der.ts'
import type { Extension } from '../../src/x509/extension.ts'
import * as make from '../../src/x509/extensions.ts'
import { decodeExtensions, type KnownExtensions } from '../../src/x509/known-extensions.ts'
import { CLIENT_AUTH, SERVER_AUTH } from '../../src/x509/oid.ts'

t.test('what is made is what is read', (t) => {
  const id = Uint8Array.from({ length: 20 }, (_, i) => i)
  const names = [
    { type: 'dns', value: 'a.example' },
    { type: 'ip', value: '::1' },
    { type: 'uri', value: 'urn:a:b' },
  ] as const
  const cases: readonly [Extension, boolean, KnownExtensions][] = [
    [make.basicConstraints({ ca: true, pathLength: 0 }), true, { basicConstraints: { ca: true, pathLength: 0 } }],
    [make.basicConstraints({ ca: true }), true, { basicConstraints: { ca: true } }],
    [make.basicConstraints({ ca: false }), true, { basicConstraints: { ca: false } }],
    [make.keyUsage(['digitalSignature']), true, { keyUsage: ['digitalSignature'] }],
    [make.keyUsage(['keyCertSign', 'cRLSign']), true, { keyUsage: ['keyCertSign', 'cRLSign'] }],
    [make.keyUsage(['decipherOnly']), true, { keyUsage: ['decipherOnly'] }],
    [make.extendedKeyUsage([CLIENT_AUTH, SERVER_AUTH]), false, { extendedKeyUsage: [CLIENT_AUTH, SERVER_AUTH] }],
    [make.subjectAltName(names), false, { subjectAltName: names }],
    [make.subjectAltName(names, true), true, { subjectAltName: names }],
    [make.subjectKeyIdentifier(id), false, { subjectKeyIdentifier: id }],
    [make.authorityKeyIdentifier(id), false, { authorityKeyIdentifier: id }],
    [make.authorityInfoAccess('http://a/b.cer'), false, { authorityInfoAccess: ['http://a/b.cer'] }],
    [make.crlDistributionPoints('http://a/b.crl'), false, { crlDistributionPoints: ['http://a/b.crl'] }],
  ]
  for (const [extension, critical, known] of cases) {
    t.same(decodeExtensions([extension]), known)
    t.equal(extension.critical, critical)
  }
  t.end()
})

t.test('of lists and their entries', (t) => {
  t.equal(
    readDer(make.crlNumber(300).value, (reader) => reader.smallInteger()),
    300,
  )
  t.equal(
    readDer(make.reasonCode(6).value, (reader) => reader.enumerated()),
    6,
  )
  t.end()
})
