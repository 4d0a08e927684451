import t from 'tap'
import { recoveryCodeCheck } from '../../src/checks/recovery-code.ts'
import { deriveKeyring } from '../../src/domain/keyring.ts'
import { drawRecoveryCodes } from '../../src/web/recovery-codes.ts'

t.test('ten codes in groups of unambiguous letters, 80 bits each, no two alike', async (t) => {
  const { codes, digests } = await drawRecoveryCodes()
  t.equal(new Set(codes).size, 10)
  for (const code of codes) t.match(code, /^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$/)
  t.equal(new Set(digests).size, 10)
  for (const digest of digests) t.match(digest, /^[0-9a-f]{64}$/)
  t.notSame((await drawRecoveryCodes()).codes, codes)
})

t.test('evenly drawn', async (t) => {
  const counts = new Map<string, number>()
  for (let i = 0; i < 200; i++) {
    for (const letter of (await drawRecoveryCodes()).codes.join('').replaceAll('-', ''))
      counts.set(letter, (counts.get(letter) ?? 0) + 1)
  }
  t.equal(counts.size, 32)
  const mean = (200 * 160) / 32
  // Seven standard deviations: by chance once in 10^11 runs.
  for (const [letter, count] of counts) t.ok(Math.abs(count - mean) < 7 * Math.sqrt(mean), `${letter}: ${count}`)
})

t.test('the digest is what docs/SITES.md says, so that other programs make the same', async (t) => {
  const { getRandomValues } = crypto
  t.teardown(() => {
    crypto.getRandomValues = getRandomValues
  })
  crypto.getRandomValues = ((array: Uint8Array) => array.map((_, i) => i + 224)) as typeof getRandomValues
  const { codes, digests } = await drawRecoveryCodes()
  t.equal(codes[0], '0123-4567-89AB-CDEF')
  // printf %s 'countersign recovery-code v1:0123456789ABCDEF' | sha256sum
  t.equal(digests[0], 'f56920f8a08263858e42e4c19520405058eda9d070126d495ad16bf5b1789f9f')
})

t.test('the service knows each by its digest, and takes no digest for a code', async (t) => {
  const check = recoveryCodeCheck(deriveKeyring(Buffer.alloc(32, 1)))
  const moment = { now: 0, context: '' }
  const { codes, digests } = await drawRecoveryCodes()
  const rest = { subscriberId: 'aa', usedAt: null, label: null, createdAt: 0, lastUsedAt: null }
  const kept = check.make(digests).map((made) => ({ ...made, ...rest }))
  for (const [i, code] of codes.entries()) {
    t.match(await check.match(kept, code, moment), { credentialId: kept[i]!.id })
    t.equal(await check.match(kept, digests[i]!, moment), undefined)
  }
})
