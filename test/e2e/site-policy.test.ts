import t, { type Test } from 'tap'
import { createSitePoliciesSetting, type PolicyWishes } from '../../src/domain/site/site-policies.ts'
import { createSiteRegistry } from '../../src/domain/site/site-registry.ts'
import { rewritePng } from '../../src/png.ts'
import { systemClock } from '../../src/system-clock.ts'
import { type Device, enroll, recoveryForm, totpForm, visit } from './device.ts'
import { MANY_GUESSES, openScene, PAGE, refusedAs, type Scene } from './scene.ts'

t.test('what a site wants of its people', async (t) => {
  const scene = await openScene(t, { ...MANY_GUESSES, min_max_age: '1s' })
  await t.test('step-up: until the last proof was by what is asked for', (t) => stepUp(t, scene))
  await t.test('an older ticket does not satisfy a newer demand', (t) => olderTicket(t, scene))
  await t.test('who has none of what is asked for is led to his account, and nowhere in a circle', (t) =>
    noneOfIt(t, scene),
  )
  await t.test('what is asked for wrongly gets no verdict', (t) => wrongDemands(t, scene))
  await t.test('a policy counts from the next question on', (t) => atOnce(t, scene))
  await t.test('a bound on questions', (t) => bounded(t, scene))
})

async function stepUp(t: Test, { service, inside, site }: Scene): Promise<void> {
  const device = await proven(await enroll(service, inside), { service, inside, site })
  t.match((await site.byFingerprint(device.fingerprint)).json, { verdict: 'valid' })
  const demand = '?checks=recovery-code'
  t.match((await site.byFingerprint(device.fingerprint, demand)).json, {
    verdict: 'needs-revalidation',
    reason: 'checks',
  })
  const redirect = await site.redirectFor(device.fingerprint, demand)
  const page = (await visit(service, device, redirect, undefined, PAGE)).body.toString()
  t.match(page, 'name="check" value="recovery-code"')
  t.notMatch(page, 'name="check" value="totp"', 'nothing else is offered')
  refusedAs(t, await visit(service, device, redirect, totpForm(device, 1)), 403, 'check-failed', 'nor taken')
  t.equal((await visit(service, device, redirect, recoveryForm(device))).status, 303)
  t.match((await site.byFingerprint(device.fingerprint, demand)).json, { verdict: 'valid' })
  t.match((await site.byFingerprint(device.fingerprint, '?checks=passkey,recovery-code')).json, { verdict: 'valid' })
  t.match((await site.byFingerprint(device.fingerprint, '?checks=totp')).json, { reason: 'checks' })
}

/** Whoever has the device and the app, and not the paper with the codes. */
async function olderTicket(t: Test, scene: Scene): Promise<void> {
  const { service, inside, site } = scene
  const device = await enroll(service, inside)
  const older = await site.redirectFor(device.fingerprint)
  await proven(device, scene)
  const demand = '?checks=recovery-code'
  const asked = await site.redirectFor(device.fingerprint, demand)
  t.equal((await visit(service, device, older, totpForm(device))).status, 303, 'the older one is good for what it was')
  t.match((await site.byFingerprint(device.fingerprint, demand)).json, { reason: 'checks' }, 'and for no more')
  refusedAs(t, await visit(service, device, asked, totpForm(device, 1)), 403, 'check-failed', 'the newer one')
  refusedAs(
    t,
    await visit(service, device, withoutDemand(asked), totpForm(device, 1)),
    410,
    'ticket-unusable',
    'altered',
  )
  t.equal((await visit(service, device, asked, recoveryForm(device))).status, 303)
  t.match((await site.byFingerprint(device.fingerprint, demand)).json, { verdict: 'valid' })
}

/** The byte of a ticket that says what was asked for, behind its version, its id, and 60 bytes of ids and times. */
const CHECKS_BYTE = 1 + 16 + 60

function withoutDemand(address: string): string {
  const start = address.lastIndexOf('/') + 1
  const bytes = Buffer.from(address.slice(start), 'base64url')
  bytes[CHECKS_BYTE]! ^= 8
  return address.slice(0, start) + bytes.toString('base64url')
}

async function noneOfIt(t: Test, { service, inside, site }: Scene): Promise<void> {
  const device = await proven(await enroll(service, inside), { service, inside, site })
  const redirect = await site.redirectFor(device.fingerprint, '?checks=passkey')
  for (let again = 0; again < 3; again++) {
    const page = await visit(service, device, redirect, undefined, PAGE)
    t.equal(page.status, 403)
    t.notOk(page.headers.location, 'it leads nowhere by itself')
    t.match(page.body.toString(), 'href="/account/checks"')
    t.match(page.body.toString(), '<li>Passkey</li>')
  }
  refusedAs(
    t,
    await visit(service, device, redirect, totpForm(device, 1)),
    403,
    'check-wanted',
    'nothing else is taken',
  )
  t.match((await site.byFingerprint(device.fingerprint)).json, { verdict: 'valid' }, 'without the demand he is in')
}

async function wrongDemands(t: Test, { service, inside, site }: Scene): Promise<void> {
  const { fingerprint } = await enroll(service, inside)
  for (const demand of ['?checks=', '?checks=face', '?checks=totp,', '?checks=totp&checks=totp', '?checks=Totp'])
    refusedAs(t, await site.byFingerprint(fingerprint, demand), 400, 'query-invalid', demand)
  refusedAs(
    t,
    await site.byFingerprint(fingerprint, '?checks=password'),
    400,
    'checks-unmeetable',
    'which is not taken here',
  )
  const set = setterOf({ service, inside, site })
  await set({ checks: ['totp'] })
  refusedAs(
    t,
    await site.byFingerprint(fingerprint, '?checks=recovery-code'),
    400,
    'checks-unmeetable',
    'nothing is both',
  )
  t.match((await site.byFingerprint(fingerprint, '?checks=recovery-code,totp')).json, { verdict: 'needs-revalidation' })
  await set({}, ['checks'])
}

async function atOnce(t: Test, scene: Scene): Promise<void> {
  const { service, inside, site } = scene
  const device = await proven(await enroll(service, inside), scene)
  const set = setterOf(scene)
  const verdict = async () => (await site.byFingerprint(device.fingerprint)).json
  const { validated_at: provenAt, expires_at: end } = await verdict()
  await set({ maxAge: 3_600_000 })
  t.equal(
    Date.parse(String((await verdict()).expires_at)),
    Date.parse(String(provenAt)) + 3_600_000,
    'nobody keeps it longer',
  )
  await set({ checks: ['recovery-code'] })
  t.match(await verdict(), { verdict: 'needs-revalidation', reason: 'checks' })
  await set({ checks: ['totp'] })
  t.match(await verdict(), { verdict: 'valid' })
  await set({}, ['checks', 'maxAge'])
  t.equal((await verdict()).expires_at, end)
}

async function bounded(t: Test, scene: Scene): Promise<void> {
  const { site, service, inside } = scene
  const { fingerprint } = await enroll(service, inside)
  const set = setterOf(scene)
  await set({ verdictsPerSecond: 3 })
  const answers = await Promise.all(Array.from({ length: 30 }, () => site.byFingerprint(fingerprint)))
  const refused = answers.filter(({ status }) => status === 429)
  t.ok(refused.length >= 20 && refused.length <= 24, `${refused.length} of 30`)
  t.match(refused[0]?.json, { code: 'rate-limited' })
  t.match(refused[0]?.headers, {
    'retry-after': /^[12]$/,
    ratelimit: /^"verdicts";r=0;t=[12]$/,
    'ratelimit-policy': '"verdicts";q=3;w=1',
  })
  await set({}, ['verdictsPerSecond'])
  t.equal((await site.byFingerprint(fingerprint)).status, 200)
}

/** The same device, whose owner has just proven himself by his app. */
async function proven(device: Device, { service, site }: Scene): Promise<Device> {
  const redirect = await site.redirectFor(device.fingerprint)
  const { status } = await visit(service, device, redirect, totpForm(device, -1))
  if (status !== 303) throw new Error(`not proven: ${status}`)
  return device
}

function setterOf({ inside: { store, config } }: Scene) {
  const registry = createSiteRegistry({ store, clock: systemClock })
  const parts = { store, registry, policy: config.policy, clock: systemClock, rewriteLogo: rewritePng }
  const setting = createSitePoliciesSetting(parts)
  return (wishes: PolicyWishes, clear: readonly (keyof PolicyWishes)[] = []) =>
    setting.set('operator:cli', { site: 'sample' }, wishes, clear)
}
