import { createSecureContext } from 'node:tls'
import * as asn1js from 'asn1js'
import { PFX } from 'pkijs'
import t from 'tap'
import { buildPkcs12 } from '../../src/x509/pkcs12.ts'
import { authorityParts, issue, leafParts, sampleKey } from './samples.ts'
import { Bench } from './tools.ts'

const PASSWORD = 'correct-Horse-7'
const LABEL = 'José – Acme'
const bench = new Bench()
t.teardown(() => bench.close())

const { privateKey, publicKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
  'sign',
  'verify',
])
const spki = new Uint8Array(await crypto.subtle.exportKey('spki', publicKey))
const authority = sampleKey()
const root = issue(authorityParts(authority), authority)
const leaf = issue({ ...leafParts(authority, authority), spki }, authority)
const contents = { key: privateKey, certificates: [leaf, root], password: PASSWORD, label: LABEL }
const file = await buildPkcs12(contents)
const path = bench.file('sample.p12', file)

t.test('openssl', async (t) => {
  const opened = bench.run('openssl', 'pkcs12', '-in', path, '-passin', `pass:${PASSWORD}`, '-nodes', '-info')
  t.ok(opened.ok, opened.text)
  t.match(opened.text, /MAC: sha256, Iteration 2048/)
  t.equal(
    opened.text.match(/PBES2, PBKDF2, AES-256-CBC, Iteration 100000, PRF hmacWithSHA256/g)?.length,
    2,
    'key and certificates',
  )
  t.equal(opened.text.match(/BEGIN CERTIFICATE/g)?.length, 2)
  t.equal(opened.text.match(/BEGIN PRIVATE KEY/g)?.length, 1)
  t.equal(new Set(opened.text.match(/localKeyID: .*/g)).size, 1, 'key and leaf share their mark')
  t.equal(
    bench.run('openssl', 'pkcs12', '-in', path, '-passin', 'pass:other', '-nodes').ok,
    false,
    'not with another password',
  )
  const altered = bench.file('altered.p12', file.with(200, file[200]! ^ 1))
  t.equal(
    bench.run('openssl', 'pkcs12', '-in', altered, '-passin', `pass:${PASSWORD}`, '-nodes').ok,
    false,
    'not when altered',
  )
})

t.test('NSS', (t) => {
  const database = bench.nss()
  const imported = bench.run('pk12util', '-i', path, '-d', database, '-W', PASSWORD, '-K', '')
  t.ok(imported.ok, imported.text)
  t.match(bench.run('certutil', '-K', '-d', database).text, LABEL, 'the key is there under its label')
  t.match(bench.run('certutil', '-L', '-d', database).text, /u,u,u/, 'and belongs to a certificate')
  t.end()
})

t.test('GnuTLS', (t) => {
  const opened = bench.run('certtool', '--p12-info', '--inder', '--infile', path, '--password', PASSWORD)
  t.ok(opened.ok, opened.text)
  t.match(opened.text, /BEGIN PRIVATE KEY|BEGIN ENCRYPTED PRIVATE KEY/)
  t.equal(opened.text.match(/BEGIN CERTIFICATE/g)?.length, 2)
  t.end()
})

t.test('Node', (t) => {
  t.doesNotThrow(() => createSecureContext({ pfx: Buffer.from(file), passphrase: PASSWORD }))
  t.throws(() => createSecureContext({ pfx: Buffer.from(file), passphrase: 'other' }))
  t.end()
})

t.test('pkijs', async (t) => {
  const pfx = new PFX({ schema: asn1js.fromBER(file).result })
  await pfx.parseInternalValues({ checkIntegrity: true, password: new TextEncoder().encode(PASSWORD).buffer })
  t.equal(pfx.parsedValue?.integrityMode, 0)
})

t.test('nothing in the clear, nothing twice the same', async (t) => {
  const text = Buffer.from(file).toString('latin1')
  t.equal(text.includes(Buffer.from(leaf.subarray(100, 140)).toString('latin1')), false, 'the certificate')
  t.notSame(await buildPkcs12({ ...contents, iterations: 1_000 }), file)
  const few = bench.file('few.p12', await buildPkcs12({ ...contents, certificates: [leaf], iterations: 1_000 }))
  t.match(
    bench.run('openssl', 'pkcs12', '-in', few, '-passin', `pass:${PASSWORD}`, '-nodes', '-info').text,
    /Iteration 1000,/,
  )
})
