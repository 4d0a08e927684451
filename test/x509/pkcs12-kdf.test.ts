import { execFileSync } from 'node:child_process'
import t from 'tap'
import { bigEndianUtf16, derivePkcs12, type Pkcs12Hash, PURPOSE } from '../../src/x509/pkcs12-kdf.ts'

/** What OpenSSL derives. */
function byOpenssl(hash: Pkcs12Hash, purpose: number, salt: Uint8Array, rounds: number, length: number): string {
  const password = Buffer.from(bigEndianUtf16('pass word\0')).toString('hex')
  const options = [`digest:${hash}`, `hexpass:${password}`, `hexsalt:${Buffer.from(salt).toString('hex')}`]
  const args = [...options, `id:${purpose}`, `iter:${rounds}`].flatMap((option) => ['-kdfopt', option])
  const said = execFileSync('openssl', ['kdf', '-keylen', String(length), ...args, 'PKCS12KDF'], { encoding: 'utf8' })
  return said.trim().replaceAll(':', '').toLowerCase()
}

t.test('OpenSSL derives the same, however many blocks it takes', async (t) => {
  for (const hash of ['SHA-1', 'SHA-256'] as const) {
    for (const [purpose, length] of [
      [PURPOSE.key, 24],
      [PURPOSE.iv, 8],
      [PURPOSE.mac, 20],
      [PURPOSE.key, 200],
    ] as const) {
      // Many salts: the sum of step 6C carries over some octets only.
      for (let i = 0; i < 8; i++) {
        const salt = crypto.getRandomValues(new Uint8Array(8))
        const derived = await derivePkcs12({ hash, purpose, password: 'pass word', salt, rounds: 3, length })
        const expected = byOpenssl(hash, purpose, salt, 3, length)
        t.equal(Buffer.from(derived).toString('hex'), expected, `${hash} ${purpose} ${length}`)
      }
    }
  }
})

t.test('text in two octets each', (t) => {
  t.same(bigEndianUtf16('aé'), Uint8Array.of(0, 0x61, 0, 0xe9))
  t.same(bigEndianUtf16('👩'), Uint8Array.of(0xd8, 0x3d, 0xdc, 0x69))
  t.same(bigEndianUtf16(''), new Uint8Array())
  t.end()
})
