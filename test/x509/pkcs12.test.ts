import { createSecureContext } from 'node:tls'
import * as asn1js from 'asn1js'
import { PFX } from 'pkijs'
import t from 'tap'
import { buildPkcs12, type Pkcs12Format } from '../../src/x509/pkcs12.ts'
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

/** What openssl calls how it is locked. Without its -legacy, which some systems' OpenSSL has not. */
const FORMATS: readonly (readonly [format: Pkcs12Format, mac: RegExp, encryption: RegExp])[] = [
  ['new', /MAC: sha256, Iteration 2048/, /PBES2, PBKDF2, AES-256-CBC, Iteration 100000, PRF hmacWithSHA256/g],
  ['old', /MAC: sha1, Iteration 2048/, /pbeWithSHA1And3-KeyTripleDES-CBC, Iteration 2048/g],
]

for (const [format, mac, encryption] of FORMATS) {
  t.test(`${format} format`, async (t) => {
    const file = await buildPkcs12({ ...contents, format })
    const path = bench.file(`${format}.p12`, file)
    const altered = bench.file(`${format}-altered.p12`, file.with(200, file[200]! ^ 1))
    const noFile = bench.file(`${format}-none.p12`, 'This is not the file that was meant.\n'.repeat(20))

    await t.test('openssl', async (t) => {
      const open = (name: string, password = PASSWORD) =>
        bench.run('openssl', 'pkcs12', '-in', name, '-passin', `pass:${password}`, '-nodes', '-info')
      const opened = open(path)
      t.ok(opened.ok, opened.text)
      t.match(opened.text, mac)
      t.equal(opened.text.match(encryption)?.length, 2, 'key and certificates')
      t.equal(opened.text.match(/BEGIN CERTIFICATE/g)?.length, 2)
      t.equal(opened.text.match(/BEGIN PRIVATE KEY/g)?.length, 1)
      t.equal(new Set(opened.text.match(/localKeyID: .*/g)).size, 1, 'key and leaf share their mark')
      t.match(open(path, 'other'), { ok: false, text: /invalid password/ })
      t.match(open(altered), { ok: false, text: /Mac verify error/ }, 'altered')
      t.match(open(noFile), { ok: false, text: /asn1/i }, 'no such file at all')
    })

    await t.test('NSS', async (t) => {
      const database = bench.nss()
      const take = (name: string, password = PASSWORD) =>
        bench.run('pk12util', '-i', name, '-d', database, '-W', password, '-K', '')
      t.match(take(path, 'other'), { ok: false, text: /password/i })
      const wrongFile = take(noFile)
      t.notOk(wrongFile.ok)
      t.notMatch(wrongFile.text, /SEC_ERROR_BAD_PASSWORD/, 'a wrong file is told apart from a wrong password')
      const imported = take(path)
      t.ok(imported.ok, imported.text)
      t.match(bench.run('certutil', '-K', '-d', database).text, LABEL, 'the key is there under its label')
      t.match(bench.run('certutil', '-L', '-d', database).text, /u,u,u/, 'and belongs to a certificate')
    })

    await t.test('GnuTLS', async (t) => {
      const opened = bench.run('certtool', '--p12-info', '--inder', '--infile', path, '--password', PASSWORD)
      t.ok(opened.ok, opened.text)
      t.match(opened.text, /BEGIN PRIVATE KEY|BEGIN ENCRYPTED PRIVATE KEY/)
      t.equal(opened.text.match(/BEGIN CERTIFICATE/g)?.length, 2)
    })

    await t.test('keytool', async (t) => {
      const list = (name: string, password = PASSWORD) => {
        const store = ['-keystore', name, '-storetype', 'PKCS12', '-storepass', password]
        return bench.run('keytool', '-J-Xshare:auto', '-J-XX:TieredStopAtLevel=1', '-list', '-v', ...store)
      }
      const opened = list(path)
      t.ok(opened.ok, opened.text)
      t.match(opened.text, /Entry type: PrivateKeyEntry\nCertificate chain length: 2/)
      t.match(list(path, 'another'), { ok: false, text: /password was incorrect/ })
      const wrongFile = list(noFile)
      t.notOk(wrongFile.ok)
      t.notMatch(wrongFile.text, /password was incorrect/)
    })

    await t.test('Node', async (t) => {
      const open = (pfx: Uint8Array, passphrase: string) => createSecureContext({ pfx: Buffer.from(pfx), passphrase })
      t.doesNotThrow(() => open(file, PASSWORD))
      t.throws(() => open(file, 'other'), /mac verify failure/)
      t.throws(() => open(root, PASSWORD), /not enough data|wrong tag|asn1/i)
    })

    await t.test('pkijs', async (t) => {
      const pfx = new PFX({ schema: asn1js.fromBER(file).result })
      await pfx.parseInternalValues({ checkIntegrity: true, password: new TextEncoder().encode(PASSWORD).buffer })
      t.equal(pfx.parsedValue?.integrityMode, 0)
    })

    await t.test('nothing in the clear, nothing twice the same', async (t) => {
      const text = Buffer.from(file).toString('latin1')
      t.notOk(text.includes(Buffer.from(leaf.subarray(100, 140)).toString('latin1')), 'the certificate')
      const { d } = await crypto.subtle.exportKey('jwk', privateKey)
      t.notOk(text.includes(Buffer.from(d!, 'base64url').toString('latin1')), 'the key')
      t.notSame(await buildPkcs12({ ...contents, format, iterations: 1_000 }), file)
    })
  })
}

t.test('PBKDF2 makes as many rounds as are asked for', async (t) => {
  const few = bench.file('few.p12', await buildPkcs12({ ...contents, certificates: [leaf], iterations: 1_000 }))
  const opened = bench.run('openssl', 'pkcs12', '-in', few, '-passin', `pass:${PASSWORD}`, '-nodes', '-info')
  t.match(opened.text, /Iteration 1000,/)
})
