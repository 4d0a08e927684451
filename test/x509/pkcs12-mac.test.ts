import t from 'tap'
import { readDer } from '../../src/x509/der.ts'
import { pkcs12Mac } from '../../src/x509/pkcs12-mac.ts'

for (const [hash, length] of [
  ['SHA-1', 20],
  ['SHA-256', 32],
] as const) {
  t.test(`the shape of MacData: ${hash}, 8 octets of salt, 2048 rounds`, async (t) => {
    const mac = await pkcs12Mac(hash, 'password', Uint8Array.of(5, 0))
    readDer(mac, (reader) =>
      reader.sequence((inner) => {
        inner.sequence((digest) => {
          digest.any()
          t.equal(digest.octetString().length, length)
        })
        t.equal(inner.octetString().length, 8)
        t.equal(inner.smallInteger(), 2048)
      }),
    )
    t.notSame(await pkcs12Mac(hash, 'password', Uint8Array.of(5, 0)), mac, 'the salt is fresh')
  })
}
