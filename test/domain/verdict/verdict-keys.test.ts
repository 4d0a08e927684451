import { createPublicKey, type JsonWebKey, sign, verify } from 'node:crypto'
import { calculateJwkThumbprint } from 'jose'
import t from 'tap'
import { VerdictKeys } from '../../../src/domain/verdict/verdict-keys.ts'
import { NOW } from '../verdict-state.ts'

const SEED = Buffer.alloc(32, 7)
const PERIOD = 30 * 86_400_000

t.test('the public half is that of the private one, named by its thumbprint', async (t) => {
  for (const time of [NOW, NOW + PERIOD, NOW + 100 * PERIOD]) {
    const { privateKey, publicKey } = new VerdictKeys(SEED).at(time)
    const text = Buffer.from('verdict')
    const key = createPublicKey({ key: publicKey as unknown as JsonWebKey, format: 'jwk' })
    t.ok(verify('sha256', text, key, sign('sha256', text, privateKey)))
    t.equal(publicKey.kid, await calculateJwkThumbprint({ ...publicKey }))
    t.notOk('d' in publicKey)
  }
})

t.test('all who have the seed have the same keys; another seed has others', async (t) => {
  t.same(new VerdictKeys(SEED).published(NOW), new VerdictKeys(Buffer.from(SEED)).published(NOW))
  const own = new VerdictKeys(SEED).published(NOW).map(({ kid }) => kid)
  const others = new VerdictKeys(Buffer.alloc(32, 8)).published(NOW).map(({ kid }) => kid)
  t.equal(new Set([...own, ...others]).size, 6)
})

t.test('a key is published a period before it signs, and a period after', async (t) => {
  const keys = new VerdictKeys(SEED)
  const { kid } = keys.at(NOW).publicKey
  const isPublished = (time: number) => keys.published(time).some((key) => key.kid === kid)
  t.same(
    [-2, -1, 0, 1, 2].map((periods) => isPublished(NOW + periods * PERIOD)),
    [false, true, true, true, false],
  )
  const begin = Math.floor(NOW / PERIOD) * PERIOD
  t.equal(keys.at(begin).publicKey.kid, kid)
  t.equal(keys.at(begin + PERIOD - 1).publicKey.kid, kid)
  t.not(keys.at(begin + PERIOD).publicKey.kid, kid)
})
