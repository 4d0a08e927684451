import { createHmac } from 'node:crypto'
import t from 'tap'
import { deriveKeyring } from '../../../src/domain/keyring.ts'
import { pairwiseSubject } from '../../../src/domain/site/subject.ts'

const KEY = Buffer.alloc(32, 7)
const [SHOP, BANK] = ['01'.repeat(16), '02'.repeat(16)] as const
const [ANN, BOB] = ['aa'.repeat(16), 'bb'.repeat(16)] as const

t.test('one person is the same at one site and another at another site', async (t) => {
  const all = [SHOP, BANK].flatMap((site) => [ANN, BOB].map((person) => pairwiseSubject(KEY, site, person)))
  t.equal(new Set(all).size, 4)
  t.equal(pairwiseSubject(KEY, SHOP, ANN), all[0])
  for (const subject of all) t.match(subject, /^[A-Za-z0-9_-]{43}$/)
})

t.test('site and person do not trade places, and another seal key makes other ids', async (t) => {
  t.not(pairwiseSubject(KEY, ANN, SHOP), pairwiseSubject(KEY, SHOP, ANN))
  t.not(pairwiseSubject(Buffer.alloc(32, 8), SHOP, ANN), pairwiseSubject(KEY, SHOP, ANN))
})

t.test('who was forgotten is another person from then on, each time', async (t) => {
  const lives = [0, 1, 2, 11].map((generation) => pairwiseSubject(KEY, SHOP, ANN, generation))
  t.equal(new Set(lives).size, 4)
  t.equal(lives[0], pairwiseSubject(KEY, SHOP, ANN))
})

t.test('it is the HMAC that the sites’ records hold: it must never change', async (t) => {
  t.equal(
    pairwiseSubject(KEY, SHOP, ANN),
    createHmac('sha256', KEY)
      .update(Buffer.from(SHOP + ANN, 'hex'))
      .digest('base64url'),
  )
  t.equal(
    pairwiseSubject(deriveKeyring(Buffer.alloc(32, 1)).subject, SHOP, ANN),
    'MmN8Ylq3bkPOnxNRJhiJMx1NBJrBWHe-6aEVpStMN5M',
  )
})
