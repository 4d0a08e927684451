import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import * as asn1js from 'asn1js'
import { ContentInfo, SignedData } from 'pkijs'
import t from 'tap'
import { signCms } from '../../src/x509/cms.ts'
import { authorityParts, issue, leafParts, NOW, sampleKey } from './samples.ts'
import { Bench } from './tools.ts'

const CONTENT = Buffer.from('What is signed, byte by byte: \r\n\0\x80')
const bench = new Bench()
t.teardown(() => bench.close())

const authority = sampleKey()
const root = issue(authorityParts(authority), authority)
const rootFile = bench.pem('root.pem', 'CERTIFICATE', root)

/** A signer whose certificate the authority has issued. */
function signer(key: KeyObject) {
  const spki = new Uint8Array(createPublicKey(key).export({ type: 'spki', format: 'der' }))
  const leaf = issue({ ...leafParts(authority, authority), spki }, authority)
  return { certificates: [leaf, root], key: key.export({ type: 'pkcs8', format: 'pem' }) as string }
}

for (const [name, key] of [
  ['P-256', generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey],
  ['P-384', generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey],
  ['RSA', generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey],
] as const) {
  t.test(`openssl and pkijs verify what a ${name} key signed`, async (t) => {
    const message = signCms(CONTENT, signer(key), NOW)
    const file = bench.file(`${name}.p7m`, message)
    const verify = (path: string) => {
      const trust = ['-CAfile', rootFile, '-purpose', 'any', '-binary']
      return bench.run('openssl', 'cms', '-verify', '-inform', 'DER', '-in', path, ...trust, '-out', `${path}.out`)
    }
    const said = verify(file)
    t.ok(said.ok, said.text)
    t.same(Buffer.from(bench.read(`${name}.p7m.out`)), CONTENT)
    const altered = Buffer.from(message)
    altered[altered.indexOf('byte by byte')]! ^= 1
    t.notOk(verify(bench.file(`${name}-altered.p7m`, altered)).ok)

    const info = new ContentInfo({ schema: asn1js.fromBER(message).result })
    const signed = new SignedData({ schema: info.content })
    t.equal(signed.certificates?.length, 2)
    t.ok(await signed.verify({ signer: 0, checkChain: false }))
  })
}

t.test('the time is the one that was given', async (t) => {
  const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const file = bench.file('time.p7m', signCms(CONTENT, signer(key), Date.UTC(2026, 10, 21, 12, 34, 56)))
  const said = bench.run('openssl', 'cms', '-cmsout', '-print', '-inform', 'DER', '-in', file)
  t.match(said.text, 'Nov 21 12:34:56 2026 GMT')
})

t.test('an Ed25519 key does not sign: few systems read it', async (t) => {
  const { privateKey } = generateKeyPairSync('ed25519')
  t.throws(() => signCms(CONTENT, signer(privateKey), NOW), { code: 'signer-refused' })
})
