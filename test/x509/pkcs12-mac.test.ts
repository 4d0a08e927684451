import t from 'tap'
import { readDer } from '../../src/x509/der.ts'
import { bigEndianUtf16, pkcs12Mac } from '../../src/x509/pkcs12-mac.ts'

t.test('the shape of MacData: SHA-256, 8 octets of salt, 2048 rounds', async (t) => {
  const mac = await pkcs12Mac('password', Uint8Array.of(5, 0))
  readDer(mac, (reader) =>
    reader.sequence((inner) => {
      inner.sequence((digest) => {
        digest.any()
        t.equal(digest.octetString().length, 32)
      })
      t.equal(inner.octetString().length, 8)
      t.equal(inner.smallInteger(), 2048)
    }),
  )
  t.notSame(await pkcs12Mac('password', Uint8Array.of(5, 0)), mac, 'the salt is fresh')
})

t.test('text in two octets each', (t) => {
  t.same(bigEndianUtf16('aé'), Uint8Array.of(0, 0x61, 0, 0xe9))
  t.same(bigEndianUtf16('👩'), Uint8Array.of(0xd8, 0x3d, 0xdc, 0x69))
  t.same(bigEndianUtf16(''), new Uint8Array())
  t.end()
})
