import t, { type Test } from 'tap'
import { Browsing, enroll, type Form, recoveryForm, totpForm, validate, visit } from './device.ts'
import type { Identity } from './exchange.ts'
import { MANY_GUESSES, openScene, PAGE, RETURN_TO, refusedAs, type Scene } from './scene.ts'
import { AskingService, addSite, certify } from './site-service.ts'

t.test('the walk', async (t) => {
  const scene = await openScene(t, { ...MANY_GUESSES, min_max_age: '1s' })
  await t.test('there and back', (t) => thereAndBack(t, scene))
  await t.test('looking spends nothing', (t) => looking(t, scene))
  await t.test('50 answers to one ticket', (t) => manyAnswers(t, scene))
  await t.test('two tabs', (t) => twoTabs(t, scene))
  await t.test('a code counts once', (t) => codesCountOnce(t, scene))
  await t.test('the owner wants to be asked every time', (t) => ownersWish(t, scene))
  await t.test('the site wants a younger proof', (t) => youngerProof(t, scene))
  await t.test('this was not me', (t) => denied(t, scene))
})

async function thereAndBack(t: Test, { service, inside, site }: Scene): Promise<void> {
  const device = await enroll(service, inside, 'Laptop <of> "Ada"')
  const returnTo = `${RETURN_TO}back?to=1&x=<y>`
  const redirect = await site.redirectFor(device.fingerprint, `?return_to=${encodeURIComponent(returnTo)}`)
  const page = await visit(service, device, redirect, undefined, PAGE)
  t.equal(page.status, 200)
  const text = page.body.toString()
  t.match(text, 'sample', 'it names the site')
  t.match(text, 'Laptop &lt;of&gt; &quot;Ada&quot;', 'and the device')
  t.match(text, `action="${new URL(redirect).pathname}/deny"`, 'it offers "this was not me"')
  t.notMatch(text, /<script/, 'it needs no JavaScript')
  t.match(
    page.headers['content-security-policy'],
    "form-action 'self' https://localhost:3000",
    'its policy lets the 303 through',
  )
  t.equal(page.headers['cache-control'], 'no-store')

  const back = await visit(service, device, redirect, totpForm(device), PAGE)
  t.match({ status: back.status, location: back.headers.location }, { status: 303, location: new URL(returnTo).href })
  const { json } = await site.byFingerprint(device.fingerprint)
  t.match(json, { verdict: 'valid' }, 'the next verdict is valid')
}

async function looking(t: Test, { service, inside, site }: Scene): Promise<void> {
  const device = await enroll(service, inside)
  const redirect = await site.redirectFor(device.fingerprint)
  const { pathname } = new URL(redirect)
  const browsing = new Browsing(service, device)
  for (const headers of [{}, PAGE, { purpose: 'prefetch' }, { ':method': 'HEAD' }])
    for (const path of [pathname, `${pathname}?x=1`]) {
      const { status } = await browsing.get(path, headers)
      t.equal(status, 200)
    }
  browsing.close()
  t.match((await site.byFingerprint(device.fingerprint)).json, { verdict: 'needs-revalidation' })
  t.equal((await visit(service, device, redirect, recoveryForm(device))).status, 303)
}

const PARALLEL = 50

async function manyAnswers(t: Test, { service, inside, site }: Scene): Promise<void> {
  const device = await enroll(service, inside)
  const redirect = await site.redirectFor(device.fingerprint)
  const { recoveryCodes } = device
  const replies = await Promise.all(
    Array.from({ length: PARALLEL }, (_, index) =>
      visit(service, device, redirect, recoveryForm(device, index % recoveryCodes.length)),
    ),
  )
  t.equal(replies.filter(({ status }) => status === 303).length, 1, 'exactly one wins')
  const lost = replies.filter(({ status }) => status !== 303)
  // whoever had the winner's code may hear that the code is used up
  t.ok(
    lost.every(({ json }) => json.code === 'ticket-spent' || json.code === 'check-failed'),
    'the others are refused',
  )
  const record = await inside.store.certificate(device.fingerprint)
  const credentials = await inside.store.credentials(record!.subscriberId!)
  t.equal(credentials.filter(({ usedAt }) => usedAt !== null).length, 1, 'and keep their codes')
}

async function twoTabs(t: Test, { service, inside, site }: Scene): Promise<void> {
  const device = await enroll(service, inside)
  const tabs = [await site.redirectFor(device.fingerprint), await site.redirectFor(device.fingerprint)]
  const same = await Promise.all(tabs.map((tab) => visit(service, device, tab, recoveryForm(device))))
  const statuses = same.map(({ status }) => status).sort()
  t.same(statuses, [303, 403], 'one code opens one of them')
  t.match((await site.byFingerprint(device.fingerprint)).json, { verdict: 'valid' })

  const next = await enroll(service, inside)
  const others = [await site.redirectFor(next.fingerprint), await site.redirectFor(next.fingerprint)]
  const both = await Promise.all(others.map((tab, index) => visit(service, next, tab, recoveryForm(next, index))))
  t.same(
    both.map(({ status }) => status),
    [303, 303],
    'two codes open both',
  )
}

async function codesCountOnce(t: Test, { service, inside, site }: Scene): Promise<void> {
  const device = await enroll(service, inside)
  const tickets = await Promise.all(Array.from({ length: 6 }, () => site.redirectFor(device.fingerprint)))
  const code = totpForm(device)
  const early = totpForm(device, -1)
  const answer = async (form: Form) => {
    const { status } = await visit(service, device, tickets.pop()!, form)
    return status
  }
  t.equal(await answer(code), 303)
  t.equal(await answer(code), 403, 'the same step again')
  t.equal(await answer(early), 403, 'a step before it')
  t.equal(await answer(recoveryForm(device)), 303)
  t.equal(await answer(recoveryForm(device)), 403, 'the same recovery code again')
  t.equal(await answer(recoveryForm(device, 1)), 303, 'the next one')
}

/** Satisfied at the site that he has walked to, and at no other. */
async function ownersWish(t: Test, { service, inside, site }: Scene): Promise<void> {
  await addSite(inside, 'second')
  const second = new AskingService(service, await certify(service, 'second'))
  const device = await enroll(service, inside)
  const wishing = { ...recoveryForm(device), 'ask-every-time': 'yes' }
  await visit(service, device, await site.redirectFor(device.fingerprint), wishing)
  t.match((await site.byFingerprint(device.fingerprint)).json, { verdict: 'valid' }, 'he has just walked here')
  const elsewhere = { verdict: 'needs-revalidation', reason: 'owner-request' }
  t.match((await second.byFingerprint(device.fingerprint)).json, elsewhere, 'not there')
  await validate(service, second, device, 1)
  t.match((await second.byFingerprint(device.fingerprint)).json, { verdict: 'valid' }, 'now there too')
  t.match((await site.byFingerprint(device.fingerprint)).json, { verdict: 'valid' }, 'and still here')

  await addSite(inside, 'third')
  const third = new AskingService(service, await certify(service, 'third'))
  const content = { ...recoveryForm(device, 2), 'ask-every-time': 'no' }
  await visit(service, device, await third.redirectFor(device.fingerprint), content)
  await addSite(inside, 'fourth')
  const fourth = new AskingService(service, await certify(service, 'fourth'))
  t.match((await fourth.byFingerprint(device.fingerprint)).json, { verdict: 'valid' }, 'he no longer wants it')
}

async function youngerProof(t: Test, { service, inside, site }: Scene): Promise<void> {
  const device = await enroll(service, inside)
  await validate(service, site, device)
  const ask = async () => (await site.byFingerprint(device.fingerprint, '?max_age=1')).json
  let answer = await ask()
  const end = Date.now() + 10_000
  while (answer.verdict === 'valid' && Date.now() < end) answer = await ask()
  t.match(answer, { verdict: 'needs-revalidation', reason: 'max-age' })
  const { status } = await visit(service, device, String(answer.redirect), recoveryForm(device, 1))
  t.equal(status, 303)
  t.match((await site.byFingerprint(device.fingerprint, '?max_age=60')).json, { verdict: 'valid' })
}

async function denied(t: Test, { service, inside, site }: Scene): Promise<void> {
  const [device, other] = [await enroll(service, inside), await enroll(service, inside)]
  const redirect = await site.redirectFor(device.fingerprint)
  const deny = (identity: Identity | undefined) => visit(service, identity, `${redirect}/deny`, {})
  refusedAs(t, await deny(other), 403, 'ticket-foreign', 'somebody else')
  refusedAs(t, await deny(undefined), 403, 'certificate-missing', 'nobody')
  t.equal((await visit(service, device, `${redirect}/deny`)).status, 404, 'looking denies nothing')
  t.match((await site.byFingerprint(device.fingerprint)).json, { verdict: 'needs-revalidation' })

  const { status, headers, body } = await deny(device)
  t.match({ status, type: headers['content-type'] }, { status: 200, type: /^text\/html/ })
  t.match(body.toString(), /on hold/)
  t.match((await site.byFingerprint(device.fingerprint)).json, { verdict: 'revoked', reason: 'certificate-hold' })
  refusedAs(t, await visit(service, device, redirect, recoveryForm(device)), 403, 'certificate-held', 'its ticket')
}
