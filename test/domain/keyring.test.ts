import { createHmac, randomBytes } from 'node:crypto'
import t from 'tap'
import { deriveKeyring, SEAL_KEY_BYTES } from '../../src/domain/keyring.ts'

t.test('no key serves two purposes, and none is the seal key', async (t) => {
  const seal = randomBytes(32)
  const keys = Object.values(deriveKeyring(seal)).map((key) => key.toString('hex'))
  t.ok(keys.length >= 6)
  t.equal(new Set([...keys, seal.toString('hex')]).size, keys.length + 1)
  for (const key of keys) t.equal(key.length, 64)
})

t.test('the same seal key makes the same keyring on every node; another makes another', async (t) => {
  const seal = randomBytes(48)
  t.same(deriveKeyring(Buffer.from(seal)), deriveKeyring(seal))
  const other = deriveKeyring(randomBytes(48))
  for (const [purpose, key] of Object.entries(deriveKeyring(seal)))
    t.notSame(other[purpose as keyof typeof other], key, purpose)
})

t.test('it is HKDF-SHA-256 with an info for each purpose: what was sealed once must open for ever', async (t) => {
  const seal = Buffer.alloc(32, 1)
  // https://www.rfc-editor.org/rfc/rfc5869#section-2
  const extracted = createHmac('sha256', Buffer.alloc(32)).update(seal).digest()
  for (const [purpose, key] of Object.entries(deriveKeyring(seal))) {
    t.same(
      key,
      createHmac('sha256', extracted).update(`countersign ${purpose} v1`).update(Buffer.of(1)).digest(),
      purpose,
    )
  }
})

t.test('a short seal key is a mistake of the program that read it', async (t) => {
  t.throws(() => deriveKeyring(randomBytes(SEAL_KEY_BYTES - 1)), TypeError)
  t.ok(deriveKeyring(randomBytes(SEAL_KEY_BYTES)))
})

t.test('nobody exchanges a key of it', async (t) => {
  const keyring = deriveKeyring(randomBytes(32)) as { ticket: Buffer }
  t.throws(() => {
    keyring.ticket = randomBytes(32)
  }, TypeError)
})
