import { randomBytes } from 'node:crypto'
import t from 'tap'
import { openSecret, sealSecret } from '../../src/domain/sealed.ts'

const KEY = randomBytes(32)
const SECRET = Buffer.from('twenty bytes, no more')

t.test('what was sealed opens for its owner', async (t) => {
  const sealed = sealSecret(KEY, SECRET, 'totp:1')
  t.same(openSecret(KEY, sealed, 'totp:1'), SECRET)
  t.notOk(sealed.includes(SECRET))
  t.notSame(sealSecret(KEY, SECRET, 'totp:1'), sealed, 'the same secret is never sealed to the same bytes')
})

t.test('for nobody else, under no other key, and not when a bit was changed', async (t) => {
  const sealed = sealSecret(KEY, SECRET, 'totp:1')
  t.throws(() => openSecret(KEY, sealed, 'totp:2'), { code: 'internal' })
  t.throws(() => openSecret(randomBytes(32), sealed, 'totp:1'), { code: 'internal' })
  for (let at = 0; at < sealed.length; at++) {
    const altered = Buffer.from(sealed)
    altered[at]! ^= 1
    t.throws(() => openSecret(KEY, altered, 'totp:1'), { code: 'internal' }, `byte ${at}`)
  }
  for (const length of [0, 1, 28]) {
    t.throws(() => openSecret(KEY, sealed.subarray(0, length), 'totp:1'), { code: 'internal' }, `${length} bytes`)
  }
})
