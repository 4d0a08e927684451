import t from 'tap'
import { DEFAULT_POLICY } from '../../../src/domain/policy.ts'
import { openTicket } from '../../../src/domain/revalidation/ticket.ts'
import { pairwiseSubject } from '../../../src/domain/site/subject.ts'
import { IdentityError } from '../../../src/errors.ts'
import {
  answerOf,
  answersUnderWay,
  KEYRING,
  LAPTOP,
  MONTH,
  NOBODY,
  OWNER,
  PHONE,
  queryOf,
  reasonOf,
  SHOP,
  service,
} from '../asking.ts'
import { DAY, HOUR, MINUTE, NOW, SECOND } from '../verdict-state.ts'

t.test('each verdict with what belongs to it', async (t) => {
  const { ask, slow } = service()
  t.same(await ask(LAPTOP), {
    verdict: { verdict: 'valid', validatedAt: NOW - HOUR, expiresAt: NOW + 50 * DAY },
    subject: pairwiseSubject(KEYRING.subject, SHOP.id, OWNER),
    redirect: null,
  })
  t.same(await ask(null), { verdict: { verdict: 'missing', reason: 'no-certificate' }, subject: null, redirect: null })
  t.same(await ask(NOBODY), { verdict: { verdict: 'missing', reason: 'unknown' }, subject: null, redirect: null })
  slow.change(LAPTOP, { status: 'revoked', reason: 'superseded', revokedAt: NOW })
  t.same(await ask(LAPTOP), {
    verdict: { verdict: 'revoked', reason: 'superseded', revokedAt: NOW },
    subject: pairwiseSubject(KEYRING.subject, SHOP.id, OWNER),
    redirect: null,
  })
  slow.change(PHONE, { notAfter: NOW - 1 })
  t.same(await ask(PHONE), { verdict: { verdict: 'missing', reason: 'expired' }, subject: null, redirect: null })
})

t.test('needs-revalidation carries a ticket for this site, certificate and return address', async (t) => {
  const { ask, slow } = service()
  slow.change(LAPTOP, { validatedAt: null })
  for (const [returnTo, expected] of [
    [undefined, 'https://shop.example/app'],
    ['https://shop.example/other/x?y=1', 'https://shop.example/other/x?y=1'],
  ] as const) {
    const { verdict, subject, redirect } = answerOf(await ask(LAPTOP, { returnTo }))
    t.same(verdict, { verdict: 'needs-revalidation', reason: 'never-validated' })
    t.equal(subject, pairwiseSubject(KEYRING.subject, SHOP.id, OWNER))
    const [, address, sealed = ''] = /^(https:\/\/id\.example:8445\/revalidate\/)([^/]+)$/.exec(redirect ?? '') ?? []
    t.equal(address, 'https://id.example:8445/revalidate/')
    const { id: _, ...ticket } = openTicket(KEYRING.ticket, sealed, NOW)
    t.same(ticket, {
      siteId: SHOP.id,
      service: 'web',
      checks: [],
      fingerprint: LAPTOP,
      returnTo: expected,
      askedAt: NOW,
      expiresAt: NOW + 10 * MINUTE,
    })
  }
})

t.test('the site’s own checks and max_age are heard', async (t) => {
  const { ask, slow } = service()
  t.same(reasonOf(await ask(LAPTOP, { maxAge: HOUR - 1 })), 'max-age')
  t.same(reasonOf(await ask(LAPTOP, { maxAge: HOUR })), 'valid')
  slow.removeSite(SHOP.id)
  slow.sites.set(SHOP.id, { ...SHOP, checks: ['recovery-code'] })
  t.same(reasonOf(await ask(LAPTOP)), 'checks')
})

t.test('a wrong question gets no verdict, whatever the certificate', async (t) => {
  const { ask, slow } = service()
  slow.change(PHONE, { status: 'revoked' })
  for (const fingerprint of [LAPTOP, PHONE, NOBODY, null]) {
    t.match(await ask(fingerprint, { maxAge: DEFAULT_POLICY.minMaxAge - 1 }), { code: 'max-age-too-small' })
    t.match(await ask(fingerprint, { returnTo: 'https://evil.example/' }), { code: 'return-to-refused' })
    t.ok('verdict' in (await ask(fingerprint, { maxAge: DEFAULT_POLICY.minMaxAge })))
  }
})

t.test('a batch is answered in its order, whatever is in memory, and one wrong question spoils no other', async (t) => {
  for (const manner of ['at-once', 'when-delivered'] as const) {
    const { ask, askAll, slow } = service()
    await ask(LAPTOP)
    slow.answer(manner, 'verdictState')
    const wrong = queryOf(LAPTOP, { maxAge: SECOND })
    const asking = askAll([queryOf(LAPTOP), queryOf(PHONE), wrong, queryOf(null), queryOf(NOBODY), queryOf(LAPTOP)])
    // What was asked for last arrives first.
    while (await answersUnderWay(slow)) slow.deliver(slow.underWay.length - 1)
    const outcomes = await asking
    t.same(
      outcomes.map(reasonOf),
      ['valid', 'valid', 'max-age-too-small', 'no-certificate', 'unknown', 'valid'],
      manner,
    )
    t.not(answerOf(outcomes[0]).subject, answerOf(outcomes[1]).subject)
    t.equal(answerOf(outcomes[0]).subject, answerOf(outcomes[5]).subject)
  }
})

t.test('the first valid answer of a month waits for its row; all later ones write nothing', async (t) => {
  const { ask, slow, clock } = service({ signedInMonth: null })
  const answered: string[] = []
  const first = ask(LAPTOP).finally(() => answered.push('yes'))
  t.equal(await answersUnderWay(slow), 1)
  t.same(slow.underWay, ['signIn'])
  t.same(answered, [], 'no answer before the row')
  slow.deliver()
  t.equal(reasonOf(await first), 'valid')
  const subject = pairwiseSubject(KEYRING.subject, SHOP.id, OWNER)
  const row = { siteId: SHOP.id, service: 'web', subscriberId: OWNER, generation: 0, subject, month: MONTH, at: NOW }
  t.same(slow.signedIn, [row])
  for (let i = 0; i < 5; i++) await ask(LAPTOP)
  t.equal(slow.countOf('signIn'), 1)
  clock.time = Date.parse('2026-11-30T23:59:59.999Z')
  slow.change(LAPTOP, { validatedAt: clock.time, signedInMonth: MONTH })
  await ask(LAPTOP)
  t.equal(slow.countOf('signIn'), 1)
  clock.time++
  const next = ask(LAPTOP)
  await answersUnderWay(slow)
  slow.deliver()
  await next
  t.match(slow.signedIn[1], { month: 202_612, at: clock.time })
})

t.test(
  'what ends while the first row of a month is written is no longer valid: the site is not told of it',
  async (t) => {
    const { ask, slow } = service({ signedInMonth: null })
    const first = ask(LAPTOP)
    await answersUnderWay(slow)
    slow.change(LAPTOP, { status: 'revoked', reason: 'key-compromise', revokedAt: NOW })
    slow.deliver()
    t.equal(reasonOf(await first), 'key-compromise')
  },
)

t.test('a row that cannot be written gives no valid answer, and is tried again', async (t) => {
  const { ask, slow } = service({ signedInMonth: null })
  slow.answer(new IdentityError('store-unavailable', 'down'), 'signIn')
  await t.rejects(ask(LAPTOP), { code: 'store-unavailable' })
  slow.answer('at-once', 'signIn')
  t.equal(reasonOf(await ask(LAPTOP)), 'valid')
  t.equal(slow.signedIn.length, 1)
})

t.test('whoever is not valid is not signed in, and his certificate was not used', async (t) => {
  const { ask, slow, verdicts } = service({ signedInMonth: null })
  const uses: string[] = []
  verdicts.uses.saw = (fingerprint) => void uses.push(fingerprint)
  slow.change(LAPTOP, { validatedAt: null })
  slow.change(PHONE, { status: 'revoked' })
  for (const fingerprint of [LAPTOP, PHONE, NOBODY, null]) await ask(fingerprint)
  t.same([slow.countOf('signIn'), uses], [0, []])
  slow.answer('at-once', 'signIn')
  slow.change(LAPTOP, { validatedAt: NOW, lastUsedAt: null })
  await ask(LAPTOP)
  t.same(uses, [LAPTOP])
})

t.test('a use is noted again after an hour, however often the certificate is used', async (t) => {
  const { ask, verdicts, clock } = service({ lastUsedAt: NOW - HOUR / 2 })
  const uses: number[] = []
  verdicts.uses.saw = (_fingerprint, at) => void uses.push(at)
  for (const wait of [0, HOUR / 2 - 1, 1, 1, HOUR - 2, 1, 1]) {
    clock.time += wait
    for (let i = 0; i < 3; i++) t.equal(reasonOf(await ask(LAPTOP)), 'valid')
  }
  t.same(uses, [NOW + HOUR / 2, NOW + HOUR / 2 + HOUR], 'the first one counts from what was stored')
})

t.test('before somebody is called idle the store is asked: another node may have seen him', async (t) => {
  const { ask, slow, clock } = service()
  t.equal(reasonOf(await ask(LAPTOP)), 'valid')
  clock.time = NOW + 31 * DAY
  // The other node's row of last use is no change that the feed tells of.
  slow.states.set(LAPTOP, { ...slow.states.get(LAPTOP)!, lastUsedAt: clock.time - DAY, signedInMonth: 202_612 })
  t.equal(reasonOf(await ask(LAPTOP)), 'valid')
  slow.states.set(PHONE, { ...slow.states.get(PHONE)!, lastUsedAt: NOW })
  t.equal(reasonOf(await ask(PHONE)), 'idle')
})
