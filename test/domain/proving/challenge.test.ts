import t from 'tap'
import { makeChallenge, readChallenge } from '../../../src/domain/proving/challenge.ts'

const KEY = Buffer.alloc(32, 1)
const NOW = 1_795_000_020_000
const MOMENT = { now: NOW, context: 'revalidate:x' }

t.test('a challenge of ours, for its five minutes and its purpose', async (t) => {
  const challenge = makeChallenge(KEY, MOMENT)
  const read = readChallenge(KEY, challenge, MOMENT)
  t.match(read, { id: /^[0-9a-f]{32}$/, expiresAt: NOW + 300_000 })
  t.same(readChallenge(KEY, challenge, { ...MOMENT, now: NOW + 300_000 }), read)
  t.equal(readChallenge(KEY, challenge, { ...MOMENT, now: NOW + 300_001 }), undefined)
  t.equal(readChallenge(KEY, challenge, { ...MOMENT, context: 'revalidate:y' }), undefined)
  t.equal(readChallenge(Buffer.alloc(32, 2), challenge, MOMENT), undefined)
  t.not(makeChallenge(KEY, MOMENT), challenge)
})

t.test('each bit counts', async (t) => {
  const bytes = Buffer.from(makeChallenge(KEY, MOMENT), 'base64url')
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const altered = Buffer.from(bytes)
    altered[bit >> 3]! ^= 1 << (bit & 7)
    t.equal(readChallenge(KEY, altered.toString('base64url'), MOMENT), undefined)
  }
  const whole = bytes.toString('base64url')
  for (const text of ['', whole.slice(1), `${whole}A`, `${whole}=`, whole.replace(/^./, '+'), 'A'.repeat(5_000)])
    t.equal(readChallenge(KEY, text, MOMENT), undefined)
})
