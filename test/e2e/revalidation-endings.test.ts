import { join } from 'node:path'
import Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import { FAIR_RETURN_ADDRESSES, HOSTILE_RETURN_ADDRESSES, REGISTERED } from '../malformed/return-addresses.ts'
import { enroll, recoveryForm, validate, visit } from './device.ts'
import { allEndings } from './endings.ts'
import type { Reply } from './exchange.ts'
import { MANY_GUESSES, openScene, PAGE, refusedAs, type Scene } from './scene.ts'
import { AskingService, addSite, certify } from './site-service.ts'

t.test('walks that do not lead back', async (t) => {
  const scene = await openScene(t, MANY_GUESSES)
  await t.test('every other ending', (t) => endings(t, scene))
  await t.test('certificates that are no longer good', (t) => noLongerGood(t, scene))
  await t.test('nobody is sent elsewhere', (t) => openRedirects(t, scene))
})

t.test('wrong codes are bounded', async (t) => boundedGuesses(t, await openScene(t)))

async function endings(t: Test, scene: Scene): Promise<void> {
  const { service, inside, site } = scene
  const [owner, other] = [await enroll(service, inside), await enroll(service, inside)]
  const right = recoveryForm(owner)
  for (const [name, ending] of Object.entries(await allEndings(scene, owner, other))) {
    const { address, identity, form = right, headers = {}, status, code, shown = false } = ending
    if (!shown)
      refusedAs(t, await visit(service, identity, address, undefined, headers), status, code, `${name}, shown`)
    refusedAs(t, await visit(service, identity, address, form, headers), status, code, name)
    const page = await visit(service, identity, address, form, { ...PAGE, ...headers })
    t.match(
      { status: page.status, type: page.headers['content-type'] },
      { status, type: /^text\/html/ },
      `${name}, for people`,
    )
    t.match(page.body.toString(), /<h1>[^<]{5,}<\/h1>/, `${name}: a page says what happened`)
    t.notOk(page.headers.location, `${name}: it leads nowhere`)
  }
  t.match((await site.byFingerprint(owner.fingerprint)).json, {
    verdict: 'needs-revalidation',
    reason: 'never-validated',
  })
  const redirect = await site.redirectFor(owner.fingerprint)
  t.equal((await visit(service, owner, redirect, right)).status, 303, 'nothing was used up by all that')
}

const STATUS: Readonly<Record<string, number>> = {
  'certificate-held': 403,
  'certificate-revoked': 409,
  'certificate-expired': 403,
}

async function noLongerGood(t: Test, { service, inside, site }: Scene): Promise<void> {
  const ways: Readonly<Record<string, (of: string) => Promise<unknown>>> = {
    'certificate-held': (of) => service.administer(`/${of}/hold`),
    'certificate-revoked': (of) => service.administer(`/${of}/revoke`),
    'certificate-expired': async (of) => {
      const database = new Database(join(service.home, 'countersign.db'), { timeout: 5_000 })
      database.exec(`UPDATE certificates SET not_after = ${Date.now() - 1} WHERE fingerprint = x'${of}'`)
      database.close()
    },
  }
  for (const [code, withdraw] of Object.entries(ways)) {
    const device = await enroll(service, inside)
    const redirect = await site.redirectFor(device.fingerprint)
    await withdraw(device.fingerprint)
    refusedAs(t, await visit(service, device, redirect), STATUS[code]!, code, `${code}, shown`)
    refusedAs(t, await visit(service, device, redirect, recoveryForm(device)), STATUS[code]!, code, code)
  }
}

async function openRedirects(t: Test, { service, inside }: Scene): Promise<void> {
  await addSite(inside, 'corpus', [...REGISTERED])
  const site = new AskingService(service, await certify(service, 'corpus'))
  const device = await enroll(service, inside)
  const { fingerprint } = device
  // what is far too long is refused before it is looked at
  const codes = ['return-to-refused', 'body-too-large']
  const refused = ({ status, headers, json }: Reply) =>
    status >= 400 && codes.includes(String(json.code)) && !('redirect' in json) && headers.location === undefined
  const taken: string[] = []
  for (const address of HOSTILE_RETURN_ADDRESSES) {
    const asked = [await site.ask({ fingerprint, return_to: address })]
    // a lone surrogate cannot be written into an address
    if (address.isWellFormed() && address.length < 4_000)
      asked.push(await site.byFingerprint(fingerprint, `?return_to=${encodeURIComponent(address)}`))
    if (!asked.every(refused)) taken.push(address)
  }
  t.ok(HOSTILE_RETURN_ADDRESSES.length > 200)
  t.same(taken, [], 'each is refused with a problem and no redirect')
  for (const address of FAIR_RETURN_ADDRESSES)
    t.match((await site.ask({ fingerprint, return_to: address })).json, { verdict: 'needs-revalidation' }, address)
}

const WRONG = 30
const MINUTE = 60_000

/** Five answers a minute are looked at, right or wrong; then even the right one has to wait. */
async function boundedGuesses(t: Test, { service, inside, site }: Scene): Promise<void> {
  const { guessesPerMinute } = inside.config.policy
  const device = await enroll(service, inside)
  const redirect = await site.redirectFor(device.fingerprint)
  const minute = () => Math.floor(Date.now() / MINUTE)
  const began = minute()
  const wrong = { check: 'totp', answer: '000000' }
  const replies = await Promise.all(Array.from({ length: WRONG }, () => visit(service, device, redirect, wrong)))
  const right = await visit(service, device, redirect, recoveryForm(device))
  const minutes = 1 + minute() - began
  const codes = replies.map(({ json }) => json.code)
  const looked = codes.filter((code) => code === 'check-failed').length
  t.ok(looked >= guessesPerMinute && looked <= minutes * guessesPerMinute, `${looked} were looked at`)
  t.equal(codes.filter((code) => code === 'too-many-guesses').length, WRONG - looked, 'the others were not')
  if (minutes === 1) t.match(right, { status: 429, headers: { 'retry-after': /^\d\d?$/ } }, 'nor was the right one')
  const other = await enroll(service, inside)
  await validate(service, site, other)
  t.match((await site.byFingerprint(other.fingerprint)).json, { verdict: 'valid' }, 'nobody else has to wait')
}
