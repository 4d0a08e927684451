import t from 'tap'
import { readDer } from '../../src/x509/der.ts'
import { nullValue, oid, sequence } from '../../src/x509/der-writer.ts'
import * as OID from '../../src/x509/oid.ts'
import {
  ALGORITHM_IDENTIFIERS,
  SIGNATURE_ALGORITHMS,
  takeSignatureAlgorithm,
} from '../../src/x509/signature-algorithm.ts'
import { refusalOf } from './refusal.ts'

const read = (der: Uint8Array) => readDer(der, takeSignatureAlgorithm)

t.test('each is read as itself', (t) => {
  for (const name of SIGNATURE_ALGORITHMS) t.equal(read(ALGORITHM_IDENTIFIERS[name]), name)
  t.end()
})

t.test('refused', (t) => {
  const cases: readonly [string, string, Uint8Array][] = [
    ['ECDSA with NULL', 'key-unsupported', sequence(oid(OID.ECDSA_SHA256), nullValue())],
    ['RSA without NULL', 'key-unsupported', sequence(oid(OID.RSA_SHA256))],
    ['ECDSA with SHA-1', 'key-unsupported', sequence(oid('1.2.840.10045.4.1'))],
    ['RSA with SHA-1', 'key-unsupported', sequence(oid('1.2.840.113549.1.1.5'), nullValue())],
    ['RSA-PSS', 'key-unsupported', sequence(oid('1.2.840.113549.1.1.10'), sequence())],
    ['NULL with content', 'der-malformed', sequence(oid(OID.RSA_SHA256), Uint8Array.of(5, 1, 0))],
  ]
  for (const [name, code, der] of cases)
    t.equal(
      refusalOf(() => read(der)),
      code,
      name,
    )
  t.end()
})
