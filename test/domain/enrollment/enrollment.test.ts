import { createHash, X509Certificate } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { createEnrollment } from '../../../src/domain/enrollment/enrollment.ts'
import { IdentityError } from '../../../src/errors.ts'
import { drawRecoveryCodes } from '../../../src/web/recovery-codes.ts'
import { makeKeyPair, makeRequest, makeWishfulRequest, spkiOf } from '../../ca/request.ts'
import { Authenticator } from '../../checks/authenticator.ts'
import { DIGESTS } from '../../checks/recovery-digests.ts'
import { actionsOf, countOf, enrollDevice, type House, openHouse } from '../house.ts'

const actor = 'operator:test'

async function invite({ enrollment }: House, label?: string): Promise<string> {
  return (await enrollment.invite({ actor, ...(label !== undefined && { label }) })).token
}

t.test('an enrollment: subscriber, device, checks and certificate', async (t) => {
  const house = await openHouse(t)
  const keys = makeKeyPair()
  const token = await invite(house, 'Laptop')
  t.match(await house.enrollment.look(token), { label: 'Laptop' })
  t.match(await house.enrollment.look(token), { label: 'Laptop' }, 'looking uses nothing up')
  const enrolled = await house.enrollment.accept({
    token,
    label: ' Zoë’s  Mac ',
    request: makeWishfulRequest(keys),
    recoveryDigests: DIGESTS,
  })

  const leaf = new X509Certificate(enrolled.certificate)
  t.equal(leaf.subject, 'CN=Zoë’s Mac')
  t.ok(leaf.verify(new X509Certificate(enrolled.chain).publicKey))
  t.same(leaf.publicKey.export({ type: 'spki', format: 'der' }), Buffer.from(spkiOf(keys)))
  t.notOk(leaf.ca, 'the wishes of the request are not heard')

  const fingerprint = createHash('sha256').update(enrolled.certificate).digest('hex')
  const record = await house.store.certificate(fingerprint)
  t.match(record, { profile: 'browser', label: 'Zoë’s Mac', status: 'active', validatedAt: null })
  t.match(await house.store.device(record!.deviceId!), { label: 'Zoë’s Mac', askEveryTime: false })
  const credentials = await house.store.credentials(record!.subscriberId!)
  t.equal(credentials.filter(({ check }) => check === 'totp').length, 1)
  t.equal(credentials.filter(({ check }) => check === 'recovery-code').length, 10)
  t.match(enrolled.totp?.uri, /^otpauth:\/\/totp\//)
  t.equal(enrolled.recoveryCodes, true)
  t.strictSame(await actionsOf(house), [
    'invitation-made',
    'subscriber-enrolled',
    'certificate-reserved',
    'certificate-issued',
  ])
})

t.test('50 at once with one invitation: one wins, and there is one certificate', async (t) => {
  const house = await openHouse(t)
  const token = await invite(house)
  const tries = Array.from({ length: 50 }, () =>
    house.enrollment.accept({ token, label: 'Laptop', recoveryDigests: DIGESTS, request: makeRequest(makeKeyPair()) }),
  )
  const outcomes = await Promise.allSettled(tries)
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
  t.equal(refused.length, 49)
  for (const { reason } of refused) t.equal(reason.code, 'invitation-used')
  t.equal((await house.store.certificates({})).length, 1)
  t.equal(await countOf(house, 'subscriber-enrolled'), 1)
  house.clock.time += 120_000
  t.equal((await house.store.unfinished(house.clock.now())).length, 0)
})

t.test(
  'passwords without end, each of which costs memory and time, are not looked at for one invitation',
  async (t) => {
    const house = await openHouse(t)
    const token = await invite(house)
    const request = makeRequest(makeKeyPair())
    const send = () => house.enrollment.accept({ token, label: 'Laptop', request, password: 'password' })
    for (let time = 0; time < 20; time += 1) await t.rejects(send(), { code: 'check-missing' })
    await t.rejects(send(), { code: 'too-many-guesses' })
    house.clock.time += 3_600_000
    await t.rejects(send(), { code: 'check-missing' }, 'an hour later')
  },
)

t.test('what is refused leaves the invitation good', async (t) => {
  const house = await openHouse(t)
  const token = await invite(house)
  const request = makeRequest(makeKeyPair())
  const altered = Uint8Array.from(request)
  altered[altered.length - 1]! ^= 1
  const refusals = [
    [{ label: 'a\u202eb', request }, 'label-invalid'],
    [{ label: 'Laptop', request: request.subarray(1) }, 'der-malformed'],
    [{ label: 'Laptop', request: new Uint8Array() }, 'der-malformed'],
    [{ label: 'Laptop', request: altered }, 'request-signature-invalid'],
    [{ label: 'Laptop', request: makeRequest(makeKeyPair('ed25519'), 'ed25519') }, 'key-unsupported'],
    [{ label: 'Laptop', request }, 'check-refused'],
    [{ label: 'Laptop', request, recoveryDigests: DIGESTS.slice(1) }, 'check-refused'],
  ] as const
  for (const [application, code] of refusals)
    await t.rejects(house.enrollment.accept({ token, ...application }), { code })
  t.strictSame(await actionsOf(house), ['invitation-made'])
  t.ok(await house.enrollment.accept({ token, label: 'Laptop', recoveryDigests: DIGESTS, request }))
})

t.test('invitations that cannot be used', async (t) => {
  const house = await openHouse(t)
  const request = makeRequest(makeKeyPair())
  const apply = (token: string) =>
    house.enrollment.accept({ token, label: 'Laptop', recoveryDigests: DIGESTS, request })
  const used = await invite(house)
  await apply(used)
  const old = await invite(house)
  house.clock.time += house.policy.invitationLifetime
  for (const token of [used, old, 'A'.repeat(43), '']) {
    const refused = { code: token === used ? 'invitation-used' : 'invitation-unusable' }
    await t.rejects(house.enrollment.look(token), refused)
    await t.rejects(apply(token), refused)
  }
})

t.test('when the key cannot sign, the person is told, and the reservation waits to be abandoned', async (t) => {
  const house = await openHouse(t)
  const issuer = {
    ...house.issuer,
    sign: async () => {
      throw new IdentityError('signer-refused', 'no')
    },
  }
  const failing = createEnrollment({ ...house, issuer })
  const token = await invite(house)
  const application = { token, label: 'Laptop', recoveryDigests: DIGESTS, request: makeRequest(makeKeyPair()) }
  await t.rejects(failing.accept(application), { code: 'signer-unavailable', cause: { code: 'signer-refused' } })
  await t.rejects(house.enrollment.accept(application), { code: 'invitation-used' })
  house.clock.time += 61_000
  t.equal(await house.issuance.recoverUnfinished(), 1)
})

t.test('a key that was revoked for compromise is refused, the invitation stays good', async (t) => {
  const house = await openHouse(t)
  const device = await enrollDevice(house)
  await house.store.run('revoke', { at: house.clock.now(), actor }, device.fingerprint, 'key-compromise')
  const token = await invite(house)
  const again = { token, label: 'Laptop', recoveryDigests: DIGESTS, request: makeRequest(device.keys) }
  await t.rejects(house.enrollment.accept(again), { code: 'key-weak' })
  t.ok(await house.enrollment.look(token))
})

t.test('no secret is in the store', async (t) => {
  const house = await openHouse(t)
  const token = await invite(house)
  const { codes, digests } = await drawRecoveryCodes()
  const application = { token, label: 'Laptop', recoveryDigests: digests, request: makeRequest(makeKeyPair()) }
  const { totp } = await house.enrollment.accept(application)
  const [device] = await house.store.certificates({})
  const [sealed] = (await house.store.credentials(device!.subscriberId!)).filter(({ check }) => check === 'totp')
  const files = readdirSync(house.home).filter((name) => name.startsWith('countersign.db'))
  const bytes = Buffer.concat(files.map((name) => readFileSync(join(house.home, name))))
  t.ok(bytes.includes(Buffer.from(sealed!.secret)), 'the search finds what is there')
  for (const secret of [
    token,
    totp!.secret,
    ...codes,
    ...codes.map((code) => code.replaceAll('-', '')),
    ...digests,
    ...digests.map((digest) => Buffer.from(digest, 'hex')),
  ]) {
    t.notOk(bytes.includes(secret))
  }
})

t.test('with a passkey instead of an app', async (t) => {
  const house = await openHouse(t)
  const token = await invite(house)
  t.match(await house.enrollment.look(token), { subscriberId: null, deviceId: null, checks: ['passkey', 'totp'] })
  const request = makeRequest(makeKeyPair())
  const passkey = new Authenticator().create(await house.enrollment.beginPasskey(token, 'Laptop'))
  const other = await invite(house)
  const foreign = { token: other, label: 'Laptop', recoveryDigests: DIGESTS, request, passkey }
  await t.rejects(house.enrollment.accept(foreign), { code: 'check-refused' }, 'made for another invitation')
  const enrolled = await house.enrollment.accept({ token, label: 'Laptop', recoveryDigests: DIGESTS, request, passkey })
  t.equal(enrolled.totp, null)
  t.equal(enrolled.recoveryCodes, true)
  const [device] = await house.store.certificates({})
  const checks = (await house.store.credentials(device!.subscriberId!)).map(({ check }) => check)
  t.equal(checks.filter((check) => check === 'passkey').length, 1)
  t.notOk(checks.includes('totp'))
})

t.test('lost everything: an invitation for somebody who is here adds device and checks to him', async (t) => {
  const house = await openHouse(t)
  const lost = await enrollDevice(house)
  const { subscriberId } = (await house.store.certificate(lost.fingerprint))!
  await house.store.run('revoke', { at: house.clock.now(), actor }, lost.fingerprint, 'key-compromise')
  const { token } = await house.enrollment.invite({ actor, subscriberId: subscriberId! })
  t.match(await house.enrollment.look(token), { subscriberId: String, checks: ['passkey', 'totp'] })
  const application = { token, label: 'New laptop', recoveryDigests: DIGESTS, request: makeRequest(makeKeyPair()) }
  const enrolled = await house.enrollment.accept(application)
  const fingerprint = createHash('sha256').update(enrolled.certificate).digest('hex')
  t.match(await house.store.certificate(fingerprint), { subscriberId, status: 'active' })
  t.match(await house.store.certificate(lost.fingerprint), { status: 'revoked' }, 'nothing comes back')
  const usable = await house.store.credentials(subscriberId!)
  t.equal(usable.filter(({ check }) => check === 'recovery-code').length, 10, 'the old codes are void')
  t.ok((await actionsOf(house)).includes('subscriber-rejoined'))
  await t.rejects(house.enrollment.accept(application), { code: 'invitation-used' })
})

t.test('one that needs no new checks makes none', async (t) => {
  const house = await openHouse(t)
  const { fingerprint } = await enrollDevice(house)
  const { subscriberId } = (await house.store.certificate(fingerprint))!
  const before = await house.store.credentials(subscriberId!)
  const token = 'A'.repeat(43)
  const tokenHash = createHash('sha256').update(token).digest('hex')
  const times = { createdAt: house.clock.now(), expiresAt: house.clock.now() + 60_000, usedAt: null }
  const whose = { subscriberId, deviceId: null, newChecks: false }
  const invitation = { tokenHash, label: null, ...whose, ...times }
  await house.store.run('invite', { at: house.clock.now(), actor }, invitation)
  t.match(await house.enrollment.look(token), { subscriberId: String, checks: [] })
  const enrolled = await house.enrollment.accept({ token, label: 'Phone', request: makeRequest(makeKeyPair()) })
  t.match(enrolled, { totp: null, recoveryCodes: false })
  t.same(await house.store.credentials(subscriberId!), before)
})

t.test('where enrollment is open, whoever comes is invited, so many an hour', async (t) => {
  const closed = await openHouse(t)
  await t.rejects(closed.enrollment.inviteYourself('192.0.2.1'), { code: 'not-found' })
  const house = await openHouse(t, { enrollment: 'open', enrollmentsPerHour: 2 })
  const { token } = await house.enrollment.inviteYourself('192.0.2.1')
  t.match(await house.enrollment.look(token), { subscriberId: null })
  await house.enrollment.inviteYourself('192.0.2.1')
  await t.rejects(house.enrollment.inviteYourself('192.0.2.1'), { code: 'too-many-guesses' })
  t.ok(await house.enrollment.inviteYourself('192.0.2.2'))
  house.clock.time += 3_600_000
  t.ok(await house.enrollment.inviteYourself('192.0.2.1'))
})
