import { createPrivateKey } from 'node:crypto'
import t from 'tap'
import { readDer } from '../../src/x509/der.ts'
import { PBES2 } from '../../src/x509/oid.ts'
import { pbes2 } from '../../src/x509/pbes2.ts'

const ITERATIONS = 1_000
const { privateKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])

t.test('OpenSSL opens the wrapped key with the password, and not without', async (t) => {
  const cipher = await pbes2('Pässword', ITERATIONS)
  const key = Buffer.from(await cipher.wrapKey(privateKey))
  const opened = createPrivateKey({ key, format: 'der', type: 'pkcs8', passphrase: 'Pässword' })
  const exported = new Uint8Array(await crypto.subtle.exportKey('pkcs8', privateKey))
  t.same(new Uint8Array(opened.export({ type: 'pkcs8', format: 'der' })).subarray(-64), exported.subarray(-64))
  t.throws(() => createPrivateKey({ key, format: 'der', type: 'pkcs8', passphrase: 'Password' }))
})

t.test('each use has a salt and a key of its own', async (t) => {
  const cipher = await pbes2('password', ITERATIONS)
  const [one, two] = [await cipher.encrypt(new Uint8Array(20)), await cipher.encrypt(new Uint8Array(20))]
  t.equal(one.ciphertext.length, 32)
  t.notSame(one.ciphertext, two.ciphertext)
  t.notSame(one.algorithm, two.algorithm)
  const scheme = readDer(one.algorithm, (reader) =>
    reader.sequence((inner) => ({ oid: inner.oid(), rest: inner.any() })),
  )
  t.equal(scheme.oid, PBES2)
})

t.test('a key that may not leave is not wrapped', async (t) => {
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify'])
  await t.rejects((await pbes2('password', ITERATIONS)).wrapKey(pair.privateKey))
})
