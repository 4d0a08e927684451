import t, { type Test } from 'tap'
import { passkeyCheck } from '../../src/checks/passkey.ts'
import { deriveKeyring } from '../../src/domain/keyring.ts'
import type { Credential, Moment, PasskeyCheck } from '../../src/domain/proving/check.ts'
import { Authenticator, type Whims } from './authenticator.ts'

const PLACE = { host: 'id.test', origins: ['https://id.test:8444', 'https://id.test:8445'] }
const NOW = 1_795_000_020_000
const MINUTE = 60_000
const OWNER = 'aa'.repeat(16)

const check = passkeyCheck(deriveKeyring(Buffer.alloc(32, 1)), PLACE)
const moment = (given: Partial<Moment> = {}): Moment => ({ now: NOW, context: 'revalidate:x', ...given })

async function register(authenticator = new Authenticator(), by: PasskeyCheck = check): Promise<Credential> {
  const options = await by.offer({ subscriberId: OWNER, label: 'Laptop', credentials: [] }, moment())
  const { credential } = await by.make(authenticator.create(options), moment())
  return { ...credential, subscriberId: OWNER, usedAt: null, label: null, createdAt: NOW, lastUsedAt: null }
}

async function answer(authenticator: Authenticator, credential: Credential, whims: Whims = {}): Promise<string> {
  return authenticator.get(await check.ask([credential], moment()), whims)
}

t.test('what the browser is asked for', async (t) => {
  const authenticator = new Authenticator()
  const credential = await register(authenticator)
  t.match(await check.ask([credential], moment()), {
    rpId: 'id.test',
    userVerification: 'required',
    timeout: 5 * MINUTE,
    allowCredentials: [{ id: authenticator.id, type: 'public-key', transports: ['internal'] }],
  })
  const offered = await check.offer({ subscriberId: OWNER, label: 'Laptop', credentials: [credential] }, moment())
  t.match(offered, {
    rp: { id: 'id.test', name: 'Countersign' },
    user: { id: Buffer.from(OWNER, 'hex').toString('base64url'), name: 'Laptop' },
    attestation: 'none',
    excludeCredentials: [{ id: authenticator.id }],
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    pubKeyCredParams: [{ alg: -7 }, { alg: -8 }, { alg: -257 }],
  })
})

t.test('a passkey proves, and says how far it has counted', async (t) => {
  const authenticator = new Authenticator()
  const credential = await register(authenticator)
  t.equal(credential.lastStep, 1)
  const proof = await check.match([credential], await answer(authenticator, credential), moment())
  t.match(proof, { check: 'passkey', credentialId: credential.id, step: 2, once: { expiresAt: NOW + 5 * MINUTE } })
  const second = await check.match([credential], await answer(authenticator, credential), moment())
  t.not(second?.once?.id, proof?.once?.id, 'each challenge is another one')
  const origin = { origin: 'https://id.test:8444' }
  t.ok(await check.match([credential], await answer(authenticator, credential, origin), moment()), 'on the portal too')
})

t.test('one that never counts', async (t) => {
  const authenticator = new Authenticator(false)
  const credential = await register(authenticator)
  t.equal(credential.lastStep, 0)
  t.match(await check.match([credential], await answer(authenticator, credential), moment()), { step: 0 })
})

const WRONG: readonly (readonly [string, Whims])[] = [
  ['another origin', { origin: 'https://id.test.evil.example' }],
  ['plain http', { origin: 'http://id.test:8445' }],
  ['another port', { origin: 'https://id.test:9999' }],
  ['another host', { host: 'evil.example' }],
  ['a host below', { host: 'shop.id.test' }],
  ['nobody was looked at', { userVerified: false }],
  ['a challenge of nobody', { challenge: Buffer.alloc(38).toString('base64url') }],
  ['no challenge', { challenge: '' }],
  ['another one’s handle', { userHandle: Buffer.from('bb'.repeat(16), 'hex').toString('base64url') }],
]

t.test('whatever is wrong with an answer', async (t) => {
  const authenticator = new Authenticator()
  const credential = await register(authenticator)
  for (const [name, whims] of WRONG) {
    t.equal(await check.match([credential], await answer(authenticator, credential, whims), moment()), undefined, name)
  }
  const right = JSON.parse(await answer(authenticator, credential))
  const strange = await register(new Authenticator())
  t.equal(await check.match([strange], JSON.stringify(right), moment()), undefined, 'another passkey')
  for (const text of [
    '',
    '{',
    'null',
    '[]',
    '{}',
    '"x"',
    JSON.stringify({ ...right, response: null }),
    JSON.stringify({ ...right, response: {} }),
    JSON.stringify({ ...right, rawId: 'x' }),
    JSON.stringify({ ...right, type: 'password' }),
    JSON.stringify({ ...right, response: { ...right.response, signature: 'AAAA' } }),
    JSON.stringify({ ...right, response: { ...right.response, userHandle: 5 } }),
    JSON.stringify({ ...right, more: 'x'.repeat(8_192) }),
  ]) {
    t.equal(await check.match([credential], text, moment()), undefined, text.slice(0, 40))
  }
  t.ok(await check.match([credential], JSON.stringify(right), moment()))
})

t.test('a challenge is good for what it was made for, for five minutes', async (t) => {
  const authenticator = new Authenticator()
  const credential = await register(authenticator)
  const text = await answer(authenticator, credential)
  t.equal(await check.match([credential], text, moment({ context: 'revalidate:y' })), undefined, 'another ticket')
  t.ok(await check.match([credential], text, moment({ now: NOW + 5 * MINUTE })))
  t.equal(await check.match([credential], text, moment({ now: NOW + 5 * MINUTE + 1 })), undefined)
  const offered = await check.offer({ subscriberId: OWNER, label: 'x', credentials: [] }, moment())
  t.equal(await check.match([credential], authenticator.get(offered), moment()), undefined, 'made for creating')
})

t.test('what is made wrongly is not taken', async (t) => {
  const offer = () => check.offer({ subscriberId: OWNER, label: 'x', credentials: [] }, moment())
  for (const [name, whims] of WRONG.filter(([, { userHandle }]) => userHandle === undefined)) {
    await refused(t, new Authenticator().create(await offer(), whims), moment(), name)
  }
  const asked = await check.ask([], moment())
  const user = { id: Buffer.from(OWNER, 'hex').toString('base64url') }
  await refused(t, new Authenticator().create({ ...asked, user }), moment(), 'made for asking')
  await refused(t, new Authenticator().create(await offer()), moment({ context: 'enroll:y' }), 'another invitation')
  await refused(t, new Authenticator().create(await offer()), moment({ now: NOW + 5 * MINUTE + 1 }), 'too late')
  for (const text of ['', '{}', 'null', '{"id":"x","rawId":"x","type":"public-key","response":{}}'])
    await refused(t, text, moment(), text)
})

async function refused(t: Test, text: string, at: Moment, name: string): Promise<void> {
  await t.rejects(check.make(text, at), { code: 'check-refused' }, name)
}

t.test('a row’s passkey is its own: it cannot be put into another row, nor made without the key', async (t) => {
  const authenticator = new Authenticator()
  const credential = await register(authenticator)
  const other = await register(new Authenticator())
  const text = await answer(authenticator, credential)
  await t.rejects(check.match([{ ...credential, secret: other.secret }], text, moment()), { code: 'internal' })
  const strange = passkeyCheck(deriveKeyring(Buffer.alloc(32, 2)), PLACE)
  await t.rejects(strange.match([credential], text, moment()), { code: 'internal' })
  t.equal((await register(authenticator)).id, credential.id, 'the same passkey is the same row')
})

t.test('the signature is verified with the registered key', async (t) => {
  const authenticator = new Authenticator()
  const credential = await register(authenticator)
  const right = JSON.parse(await answer(authenticator, credential))
  const forger = new Authenticator()
  const forged = JSON.parse(forger.get(await check.ask([credential], moment())))
  const text = JSON.stringify({
    ...forged,
    id: right.id,
    rawId: right.rawId,
    response: { ...forged.response, userHandle: right.response.userHandle },
  })
  t.equal(await check.match([credential], text, moment()), undefined)
})

t.test('hostile bytes in place of what an authenticator says', async (t) => {
  const options = await check.offer({ subscriberId: OWNER, label: 'x', credentials: [] }, moment())
  const right = JSON.parse(new Authenticator().create(options))
  const attestation = Buffer.from(right.response.attestationObject, 'base64url')
  const hostile = [
    Buffer.alloc(5_000, 0x81),
    Buffer.alloc(5_000, 0xa1),
    Buffer.alloc(5_000, 0xd8),
    Buffer.from('9bffffffffffffffff', 'hex'),
    Buffer.from('bbffffffffffffffff', 'hex'),
    Buffer.from('5b7fffffffffffffff', 'hex'),
    ...Array.from({ length: attestation.length }, (_, end) => attestation.subarray(0, end)),
    ...Array.from({ length: attestation.length }, (_, place) => {
      const altered = Buffer.from(attestation)
      altered[place]! ^= 0xff
      return altered
    }),
  ]
  for (const bytes of hostile) {
    const response = { ...right.response, attestationObject: bytes.toString('base64url') }
    const outcome = await check.make(JSON.stringify({ ...right, response }), moment()).catch(({ code }) => code)
    // Some bytes, as the aaguid's, may say anything: then it is a passkey, of the same challenge and host.
    t.ok(outcome === 'check-refused' || typeof outcome === 'object', String(outcome))
  }
})
