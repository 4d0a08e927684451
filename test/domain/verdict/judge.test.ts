import t from 'tap'
import { DEFAULT_POLICY } from '../../../src/domain/policy.ts'
import { openTicket } from '../../../src/domain/revalidation/ticket.ts'
import { sealSecret } from '../../../src/domain/sealed.ts'
import { askerOf } from '../../../src/domain/site/asker.ts'
import type { Site } from '../../../src/domain/site/site.ts'
import { effectivePolicy } from '../../../src/domain/site/site-policy.ts'
import type { Query } from '../../../src/domain/verdict/inquiry.ts'
import { Judge } from '../../../src/domain/verdict/judge.ts'
import type { KnownState } from '../../../src/domain/verdict/known-states.ts'
import { answerOf, CALLER, KEYRING, LAPTOP, OWNER, queryOf, reasonOf, SHOP } from '../asking.ts'
import { DAY, HOUR, MINUTE, NOW, SECOND, stateWith } from '../verdict-state.ts'

/** A judge, the site's service that asks, and what was seen of uses. */
function court(site = SHOP) {
  const uses: string[] = []
  const options = { keyring: KEYRING, policy: DEFAULT_POLICY, signonUrl: 'https://id.example:8445' }
  const judge = new Judge(options, { saw: (fingerprint) => void uses.push(fingerprint) })
  const asker = askerOf(site, 'web', CALLER, effectivePolicy(DEFAULT_POLICY, site, 'web'))
  const decide = (known: KnownState, wishes: Partial<Query> = {}) =>
    judge.decide(asker, queryOf(LAPTOP, wishes), known, NOW)
  return { judge, asker, decide, uses }
}

function knownWith(different: Parameters<typeof stateWith>[0] = {}): KnownState {
  const state = stateWith({ fingerprint: LAPTOP, ...different })
  return { state, subject: 'somebody', signedInMonth: null, valid: undefined, usedAt: state.lastUsedAt }
}

t.test('the subject goes with whoever is known, the way back with needs-revalidation alone', async (t) => {
  const { decide } = court()
  for (const [different, subject, sentBack] of [
    [{}, 'somebody', false],
    [{ validatedAt: null }, 'somebody', true],
    [{ status: 'revoked' }, 'somebody', false],
    [{ notAfter: NOW - 1 }, null, false],
  ] as const) {
    const answer = answerOf(decide(knownWith(different)))
    t.equal(answer.subject, subject)
    t.equal(answer.redirect !== null, sentBack)
  }
})

t.test('the ticket is for this site, this certificate and this address', async (t) => {
  const { decide } = court()
  const returnTo = 'https://shop.example/other/x?y=1'
  const { redirect } = answerOf(decide(knownWith({ validatedAt: null }), { returnTo }))
  const { id: _, ...ticket } = openTicket(KEYRING.ticket, redirect!.split('/').at(-1)!, NOW)
  t.same(ticket, {
    siteId: SHOP.id,
    service: 'web',
    checks: [],
    fingerprint: LAPTOP,
    returnTo,
    askedAt: NOW,
    expiresAt: NOW + 10 * MINUTE,
  })
})

t.test('a valid answer is made once, and told as a use when it is worth a row', async (t) => {
  const { decide, uses } = court()
  const known = knownWith({ lastUsedAt: NOW - DAY })
  t.equal(decide(known), decide(known), 'the very same')
  t.same(uses, [LAPTOP])
  t.equal(known.usedAt, NOW)
  decide(knownWith({ lastUsedAt: NOW - DAY, status: 'held' }))
  t.same(uses, [LAPTOP], 'who is not valid uses nothing')
})

t.test('what the site has bound is told with valid answers alone, opened once', async (t) => {
  const { decide } = court()
  const seal = (name: string, siteId = SHOP.id) =>
    sealSecret(KEYRING['site-account'], Buffer.from(name), `site-account ${siteId} ${OWNER}`)
  const known = knownWith({ subscriberId: OWNER, siteAccount: seal('zoë') })
  const answer = answerOf(decide(known))
  t.equal(answer.account, 'zoë')
  t.equal(decide(known), answer, 'the very same')
  t.notOk('account' in answerOf(decide(knownWith({ subscriberId: OWNER }))))
  const held = knownWith({ subscriberId: OWNER, siteAccount: seal('zoë'), status: 'held' })
  t.notOk('account' in answerOf(decide(held)))
  for (const siteAccount of [seal('zoë', '02'.repeat(16)), Buffer.from('nothing of ours')])
    t.equal(reasonOf(decide(knownWith({ subscriberId: OWNER, siteAccount }))), 'internal', 'not as somebody new')
})

t.test('max_age and the site’s checks are heard; a wrong question gets no verdict, whatever stands', async (t) => {
  const { decide, judge, asker } = court()
  t.equal(reasonOf(decide(knownWith(), { maxAge: HOUR - 1 })), 'max-age')
  t.equal(reasonOf(court({ ...SHOP, checks: ['password'] }).decide(knownWith())), 'checks')
  for (const [wishes, code] of [
    [{ maxAge: SECOND }, 'max-age-too-small'],
    [{ returnTo: 'https://evil.example/' }, 'return-to-refused'],
  ] as const) {
    const query = queryOf(null, wishes)
    t.equal(reasonOf(decide(knownWith({ status: 'revoked' }), wishes)), code)
    t.equal(reasonOf(judge.withoutCertificate(asker, query)), code)
    t.equal(reasonOf(judge.unknown(asker, query, NOW)), code)
  }
  t.equal(reasonOf(judge.withoutCertificate(asker, queryOf(null))), 'no-certificate')
  t.equal(reasonOf(judge.unknown(asker, queryOf(LAPTOP), NOW)), 'unknown')
})

t.test('what the question asks for counts beside the site’s own, and neither without the other', async (t) => {
  const totp = knownWith({ validatedWith: 'totp' })
  for (const [own, asked, reason] of [
    [[], ['totp'], 'valid'],
    [[], ['passkey'], 'checks'],
    [[], ['passkey', 'totp'], 'valid'],
    [['totp'], undefined, 'valid'],
    [['totp'], ['passkey', 'totp'], 'valid'],
    [['passkey', 'totp'], ['passkey'], 'checks'],
    [['passkey', 'totp'], ['totp'], 'valid'],
    [['passkey'], ['totp'], 'checks-unmeetable'],
    [['passkey'], ['passkey', 'totp'], 'checks'],
    [[], ['password'], 'checks-unmeetable'],
  ] as const) {
    const { decide } = court({ ...SHOP, checks: own })
    t.equal(reasonOf(decide(totp, { checks: asked })), reason, `${own} and ${asked}`)
  }
  const { redirect } = answerOf(court().decide(totp, { checks: ['passkey'] }))
  t.match(openTicket(KEYRING.ticket, redirect!.split('/').at(-1)!, NOW), { checks: ['passkey'], service: 'web' })
})

t.test('the stricter max_age counts, the site’s or the question’s', async (t) => {
  const strict = { ...SHOP, policies: { site: { maxAge: HOUR + MINUTE }, services: { web: { maxAge: HOUR - 1 } } } }
  const lax = { ...SHOP, policies: { site: { maxAge: HOUR + MINUTE }, services: {} } }
  for (const [site, maxAge, reason] of [
    [strict, undefined, 'max-age'],
    [strict, DAY, 'max-age'],
    [lax, undefined, 'valid'],
    [lax, HOUR - 1, 'max-age'],
    [SHOP, undefined, 'valid'],
  ] as const)
    t.equal(reasonOf(court(site).decide(knownWith(), { maxAge })), reason)
})

t.test('a verdict ends where the site’s max_age does, and anew when that has changed', async (t) => {
  const known = knownWith()
  const end = (site: Site) => {
    const { verdict } = answerOf(court(site).decide(known))
    return verdict.verdict === 'valid' ? verdict.expiresAt : undefined
  }
  const strict = { ...SHOP, policies: { site: { maxAge: 2 * HOUR }, services: {} } }
  t.equal(end(SHOP), known.state.expiresAt)
  t.equal(end(strict), known.state.validatedAt! + 2 * HOUR)
  t.equal(end(SHOP), known.state.expiresAt)
})

t.test('a verdict ends where the owner’s wish to be asked each time stands again, and anew after each walk', (t) => {
  const { wishSatisfied } = DEFAULT_POLICY
  const endOf = (known: KnownState, site = SHOP) => {
    const { verdict } = answerOf(court(site).decide(known))
    return verdict.verdict === 'valid' ? verdict.expiresAt : undefined
  }
  const known = knownWith({ askEveryTime: true, lastWalkAt: NOW - SECOND })
  t.equal(endOf(known), NOW - SECOND + wishSatisfied)
  const { valid } = known
  t.equal(endOf(known), NOW - SECOND + wishSatisfied)
  t.equal(known.valid, valid, 'the very same')
  const strict = { ...SHOP, policies: { site: { maxAge: HOUR + SECOND }, services: {} } }
  t.equal(endOf(known, strict), NOW + SECOND, 'whichever comes first')
  const walked = knownWith({ askEveryTime: true, lastWalkAt: NOW })
  t.equal(endOf({ ...walked, valid }), NOW + wishSatisfied)
  t.equal(endOf({ ...knownWith({ lastWalkAt: NOW }), valid }), known.state.expiresAt, 'the wish was taken back')
  t.end()
})

t.test('a site may call people idle earlier', async (t) => {
  const site = { ...SHOP, policies: { site: { idle: 2 * HOUR }, services: {} } }
  const known = knownWith({ lastUsedAt: NOW - DAY, validatedAt: NOW - DAY })
  t.equal(reasonOf(court(site).decide(known)), 'idle')
  t.equal(reasonOf(court().decide(known)), 'valid')
})
