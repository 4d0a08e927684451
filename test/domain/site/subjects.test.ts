import t from 'tap'
import { pairwiseSubject } from '../../../src/domain/site/subject.ts'
import { isSubject, subscriberOf } from '../../../src/domain/site/subjects.ts'

const [SHOP, BANK] = ['01'.repeat(16), '02'.repeat(16)] as const
const ANN = 'aa'.repeat(16)
const KEY = Buffer.alloc(32, 7)
const SUBJECT = pairwiseSubject(KEY, SHOP, ANN)

t.test('a site that knows somebody finds him; for every other there is nobody, in the same words', async (t) => {
  const asked: string[] = []
  const store = {
    subscriberOf(siteId: string, subject: string) {
      asked.push(subject)
      return siteId === SHOP && subject === SUBJECT ? ANN : undefined
    },
  }
  t.equal(await subscriberOf(store, SHOP, SUBJECT), ANN)
  const refusals = await Promise.all(
    [
      [BANK, SUBJECT],
      [SHOP, pairwiseSubject(KEY, BANK, ANN)],
      [SHOP, 'nobody'],
      [SHOP, ''],
    ].map(([site, subject]) => subscriberOf(store, site!, subject!).catch((error) => `${error.code} ${error.message}`)),
  )
  t.match(refusals[0], /^subject-unknown /)
  t.equal(new Set(refusals).size, 1)
  t.equal(asked.length, 3, 'what can be no subject does not reach the store')
})

t.test('a subject has one spelling', async (t) => {
  t.equal(isSubject(SUBJECT), true)
  const stretched = Buffer.from(SUBJECT, 'base64url')
  for (let last = 0; last < 256; last++) {
    stretched[31] = last
    t.equal(isSubject(stretched.toString('base64url')), true)
  }
  // one digit on from the canonical last one: the same bytes for a lenient reader
  t.equal(Buffer.from(`${'A'.repeat(42)}B`, 'base64url').equals(Buffer.alloc(32)), true)
  for (const other of [
    `${'A'.repeat(42)}B`,
    `${SUBJECT}=`,
    ` ${SUBJECT}`,
    `${SUBJECT}\n`,
    SUBJECT.slice(1),
    `+${SUBJECT.slice(1)}`,
  ])
    t.equal(isSubject(other), false, other)
})
