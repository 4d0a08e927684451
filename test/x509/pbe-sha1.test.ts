import { createPrivateKey } from 'node:crypto'
import t from 'tap'
import { readDer } from '../../src/x509/der.ts'
import { PBE_SHA1_3DES } from '../../src/x509/oid.ts'
import { pbeSha1 } from '../../src/x509/pbe-sha1.ts'

const { privateKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])

t.test('OpenSSL opens the wrapped key with the password, and not without', async (t) => {
  const key = Buffer.from(await (await pbeSha1('password')).wrapKey(privateKey))
  const open = (passphrase: string) => createPrivateKey({ key, format: 'der', type: 'pkcs8', passphrase })
  const exported = await crypto.subtle.exportKey('jwk', privateKey)
  t.match(open('password').export({ format: 'jwk' }), { d: exported.d })
  t.throws(() => open('Password'))
})

t.test('each use has a salt of its own', async (t) => {
  const cipher = await pbeSha1('password')
  const [one, two] = [await cipher.encrypt(new Uint8Array(20)), await cipher.encrypt(new Uint8Array(20))]
  t.equal(one.ciphertext.length, 24)
  t.notSame(one.ciphertext, two.ciphertext)
  const scheme = readDer(one.algorithm, (reader) =>
    reader.sequence((inner) => ({
      oid: inner.oid(),
      parameters: inner.sequence((parameters) => [parameters.octetString().length, parameters.smallInteger()]),
    })),
  )
  t.strictSame(scheme, { oid: PBE_SHA1_3DES, parameters: [8, 2048] })
})

t.test('the key’s octets are overwritten once they are used', async (t) => {
  const { subtle } = crypto
  const exported: ArrayBuffer[] = []
  const original = subtle.exportKey
  t.teardown(() => {
    subtle.exportKey = original
  })
  subtle.exportKey = (async (format: 'pkcs8', key: CryptoKey) => {
    const pkcs8 = await original.call(subtle, format, key)
    exported.push(pkcs8 as ArrayBuffer)
    return pkcs8
  }) as typeof original
  await (await pbeSha1('password')).wrapKey(privateKey)
  t.equal(exported.length, 1)
  t.ok(exported[0]!.byteLength > 100)
  t.ok(new Uint8Array(exported[0]!).every((octet) => octet === 0))
})

t.test('a key that may not leave is not wrapped', async (t) => {
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify'])
  await t.rejects((await pbeSha1('password')).wrapKey(pair.privateKey))
})
