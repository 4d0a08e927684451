import { generateKeyPairSync } from 'node:crypto'
import { SignJWT } from 'jose'
import t from 'tap'
import { type Expected, readSignedVerdict, UnknownKey } from '../../src/client/signed-verdict.ts'
import { SHOP } from '../domain/asking.ts'
import { LIFETIME, READING, signed, validAnswer } from './signing.ts'

const FINGERPRINT = 'ab'.repeat(32)
const NOW = Date.now()
const EXPECTED: Expected = { ...READING, fingerprint: FINGERPRINT, now: NOW }
const TOKEN = await signed(FINGERPRINT, validAnswer(NOW), NOW)

t.test('what the service signs is read', async (t) => {
  const { verdict, goodUntil } = readSignedVerdict(TOKEN, EXPECTED)
  t.match(verdict, { verdict: 'valid', subject: 'subject-of-somebody', validatedAt: Date, expiresAt: Date })
  t.equal(goodUntil, Math.floor((NOW + LIFETIME) / 1_000) * 1_000)
  const revoked = { verdict: 'revoked', reason: 'superseded', revokedAt: NOW } as const
  const token = await signed(FINGERPRINT, { verdict: revoked, subject: 'somebody', redirect: null }, NOW)
  t.match(readSignedVerdict(token, EXPECTED), { verdict: { verdict: 'revoked', subject: 'somebody' } })
})

const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const strangersKey = { ...stranger.publicKey.export({ format: 'jwk' }), kid: 'strange' }

/** What differs from what is expected, and so is believed of nobody. */
const DIFFERENT: readonly (readonly [what: string, expected: Partial<Expected>])[] = [
  ['another site’s', { audience: 'urn:countersign:site:bank' }],
  ['another service’s', { issuer: 'https://other.example' }],
  ['of another certificate', { fingerprint: 'cd'.repeat(32) }],
  ['of a key that is not known', { keys: [strangersKey] }],
  ['of no key', { keys: [] }],
  ['of another key by the same name', { keys: READING.keys.map(({ kid }) => ({ ...strangersKey, kid })) }],
  ['of a key of another curve', { keys: READING.keys.map((key) => ({ ...key, crv: 'P-384' })) }],
  ['over', { now: NOW + LIFETIME + 1_001 }],
  ['of the future', { now: NOW - 3_000 }],
  ['of no time', { now: undefined }],
]

for (const [what, different] of DIFFERENT) {
  t.test(`a token that is ${what} is not believed`, async (t) => {
    t.throws(() => readSignedVerdict(TOKEN, { ...EXPECTED, ...different }), { code: 'answer-unreadable' })
  })
}

t.test('one that was altered is not believed', async (t) => {
  const [header, payload, signature] = TOKEN.split('.') as [string, string, string]
  const bank = (await signed(FINGERPRINT, validAnswer(NOW), NOW, { ...SHOP, name: 'bank' })).split('.')[1]
  const none = part({ alg: 'none', typ: 'countersign-verdict+jwt', kid: READING.keys[1]!.kid })
  for (const [what, token] of [
    ['nothing', undefined],
    ['no token', 'abc'],
    ['no JSON', `${part('x')}.${payload}.${signature}`],
    ['a part too many', `${TOKEN}.${signature}`],
    ['another payload', `${header}.${bank}.${signature}`],
    ['no signature', `${header}.${payload}.`],
    ['half a signature', `${header}.${payload}.${signature.slice(0, 40)}`],
    ['no algorithm', `${none}.${payload}.`],
    ['a DER signature', `${header}.${payload}.${Buffer.alloc(70, 0x30).toString('base64url')}`],
  ] as const)
    t.throws(() => readSignedVerdict(token, EXPECTED), { code: 'answer-unreadable' }, what)
})

t.test('only where the key is not known would a newer one help', async (t) => {
  t.throws(
    () => readSignedVerdict(TOKEN, { ...EXPECTED, keys: [strangersKey] }),
    new UnknownKey('answer-unreadable', ''),
  )
  for (const different of [{ now: 0 }, { keys: READING.keys.map(({ kid }) => ({ ...strangersKey, kid })) }]) {
    try {
      readSignedVerdict(TOKEN, { ...EXPECTED, ...different })
      t.fail('it was believed')
    } catch (error) {
      t.notOk(error instanceof UnknownKey)
    }
  }
})

t.test('the right key does not make right what it signed for something else', async (t) => {
  const own = { ...READING, keys: [strangersKey] }
  const claims = { iss: READING.issuer, aud: READING.audience, ...(await claimsOf(TOKEN)) }
  const sign = (header: object, given: object = {}) =>
    new SignJWT({ ...claims, ...given })
      .setProtectedHeader({ alg: 'ES256', typ: 'countersign-verdict+jwt', kid: 'strange', ...header })
      .sign(stranger.privateKey)
  const expected = { ...EXPECTED, ...own }
  t.match(readSignedVerdict(await sign({}), expected), { verdict: { verdict: 'valid' } }, 'it could be read')
  const seconds = Math.floor(NOW / 1_000)
  for (const [what, token] of [
    ['another type', await sign({ typ: 'JWT' })],
    ['critical extensions', await sign({ crit: ['b64'], b64: true })],
    ['too long a life', await sign({}, { exp: seconds + 301 })],
    ['no end', await sign({}, { exp: undefined })],
    ['no beginning', await sign({}, { iat: undefined })],
    ['no certificate', await sign({}, { cnf: undefined })],
    ['several audiences', await sign({}, { aud: [READING.audience, 'other'] })],
    ['a verdict that is not known', await sign({}, { verdict: 'fine' })],
    ['nobody', await sign({}, { sub: undefined, subject: 'somebody' })],
  ] as const)
    t.throws(() => readSignedVerdict(token, expected), { code: 'answer-unreadable' }, what)
})

function part(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
}

async function claimsOf(token: string): Promise<object> {
  return JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString())
}
