import { createServer, type ServerResponse } from 'node:http'
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, type JWTVerifyOptions, jwtVerify } from 'jose'
import t, { type Test } from 'tap'
import type { Outcome } from '../../../src/domain/verdict/inquiry.ts'
import type { Answer } from '../../../src/domain/verdict/known-states.ts'
import { VerdictKeys } from '../../../src/domain/verdict/verdict-keys.ts'
import { IdentityError } from '../../../src/errors.ts'
import {
  createVerdictSigner,
  SIGNED_VERDICT_TYPE,
  type VerdictSigner,
  WaitingSigned,
  wantsSigned,
} from '../../../src/http/api/signed-verdict.ts'
import { ASKER, queryOf } from '../../domain/asking.ts'
import { DAY, NOW } from '../../domain/verdict-state.ts'
import { listenOn } from '../handshake.ts'

const MINUTE = 60_000
const ISSUER = 'https://id.example:8444'
const FINGERPRINT = 'ab'.repeat(32)
const VALID: Answer = {
  verdict: { verdict: 'valid', validatedAt: NOW - MINUTE, expiresAt: NOW + DAY },
  subject: 'somebody',
  redirect: null,
}
const KEYS = new VerdictKeys(Buffer.alloc(32, 3))
const READER = {
  algorithms: ['ES256'],
  typ: SIGNED_VERDICT_TYPE,
  issuer: ISSUER,
  audience: 'urn:countersign:site:shop',
  currentDate: new Date(NOW),
} satisfies JWTVerifyOptions

t.test('a token says for which checks it was asked, and no other does', async (t) => {
  const asked = await signer().sign(ASKER, queryOf(FINGERPRINT, { checks: ['passkey'] }), VALID)
  t.same((await read(asked)).payload.checks, ['passkey'])
  t.notOk('checks' in (await read(await signer().sign(ASKER, queryOf(FINGERPRINT), VALID))).payload)
})

t.test('a reader finds the verdict, for one site, one certificate and one minute', async (t) => {
  const token = await signer().sign(ASKER, queryOf(FINGERPRINT), VALID)
  const { payload, protectedHeader } = await read(token)
  t.match(payload, {
    iss: ISSUER,
    aud: 'urn:countersign:site:shop',
    sub: 'somebody',
    verdict: 'valid',
    validated_at: new Date(NOW - MINUTE).toISOString(),
    cnf: { 'x5t#S256': Buffer.from(FINGERPRINT, 'hex').toString('base64url') },
    iat: Math.floor(NOW / 1_000),
    exp: Math.floor((NOW + MINUTE) / 1_000),
    jti: /^[0-9a-f-]{36}$/,
  })
  t.same(protectedHeader, { alg: 'ES256', typ: 'countersign-verdict+jwt', kid: KEYS.at(NOW).publicKey.kid })
  t.notOk('subject' in payload)
  const again = await signer().sign(ASKER, queryOf(FINGERPRINT), VALID)
  t.not(decodeJwt(again).jti, payload.jti)
})

t.test('another audience, issuer, type, time or key is refused', async (t) => {
  const token = await signer().sign(ASKER, queryOf(FINGERPRINT), VALID)
  const wrong: Readonly<Record<string, Partial<JWTVerifyOptions>>> = {
    audience: { audience: 'urn:countersign:site:bank' },
    issuer: { issuer: 'https://evil.example' },
    type: { typ: 'at+jwt' },
    time: { currentDate: new Date(NOW + MINUTE + 1_000) },
  }
  for (const [what, options] of Object.entries(wrong)) await t.rejects(read(token, options), what)
  await t.rejects(read(token, {}, new VerdictKeys(Buffer.alloc(32, 4))), 'key')
  const [head, body, signature] = token.split('.')
  const other = Buffer.from(JSON.stringify({ ...decodeJwt(token), sub: 'somebody-else' })).toString('base64url')
  t.not(other, body)
  await t.rejects(read(`${head}.${other}.${signature}`), 'content')
})

t.test('it outlives neither the certificate, nor max_age, nor the policy', async (t) => {
  const endOf = async (maxAge: number | undefined, expiresAt = NOW + DAY, lifetime = MINUTE) => {
    const answer: Answer = { ...VALID, verdict: { verdict: 'valid', validatedAt: NOW - MINUTE, expiresAt } }
    const { exp = 0 } = decodeJwt(await signer(lifetime).sign(ASKER, queryOf(FINGERPRINT, { maxAge }), answer))
    return exp * 1_000 - Math.floor(NOW / 1_000) * 1_000
  }
  t.equal(await endOf(undefined), MINUTE)
  t.equal(await endOf(undefined, NOW + DAY, 5 * MINUTE), 5 * MINUTE)
  t.equal(await endOf(90_000), 30_000)
  t.equal(await endOf(undefined, NOW + 10_000), 10_000)
})

t.test('nobody is the subject of a verdict that signs nobody in', async (t) => {
  const answers: readonly Answer[] = [
    { verdict: { verdict: 'needs-revalidation', reason: 'idle' }, subject: 'somebody', redirect: `${ISSUER}/x` },
    { verdict: { verdict: 'revoked', reason: 'superseded', revokedAt: NOW }, subject: 'somebody', redirect: null },
    { verdict: { verdict: 'missing', reason: 'no-certificate' }, subject: null, redirect: null },
  ]
  for (const answer of answers) {
    const { verdict, reason } = answer.verdict as { verdict: string; reason: string }
    const payload = decodeJwt(await signer().sign(ASKER, queryOf(null), answer))
    t.match(payload, { verdict, reason, ...(answer.subject && { subject: answer.subject }) })
    t.notOk('sub' in payload, verdict)
    t.notOk('cnf' in payload, 'there was no certificate')
  }
})

t.test('who wants it says so', async (t) => {
  for (const [accept, wanted] of [
    ['application/jwt', true],
    ['Application/JWT; q=1', true],
    ['application/json, application/jwt', true],
    ['application/json', false],
    ['*/*', false],
    ['application/jwtx', false],
  ] as const) {
    t.equal(wantsSigned(['Host', 'id.example', 'ACCEPT', accept]), wanted, accept)
  }
  t.notOk(wantsSigned(['X-Accept', 'application/jwt', 'Server', 'application/jwt']))
})

t.test('a token is sent as such; a refusal is a problem', async (t) => {
  const send = await open(t)
  const sent = await send([VALID], signer())
  t.match([sent.status, sent.headers.get('content-type')], [200, 'application/jwt'])
  t.equal(sent.headers.get('cache-control'), 'no-store')
  t.equal(decodeProtectedHeader(await sent.text()).typ, SIGNED_VERDICT_TYPE)
  t.equal((await send([new IdentityError('max-age-too-small', 'too small')], signer())).status, 400)
  t.equal((await send([], signer())).status, 500)
  t.equal((await send([VALID], { sign: () => Promise.reject(new Error('no key')) })).status, 500)
})

function signer(signedVerdictLifetime = MINUTE): VerdictSigner {
  return createVerdictSigner({
    keys: KEYS,
    clock: { now: () => NOW },
    policy: { signedVerdictLifetime },
    issuer: ISSUER,
  })
}

function read(token: string, options: Partial<JWTVerifyOptions> = {}, keys = KEYS) {
  return jwtVerify(token, createLocalJWKSet({ keys: keys.published(NOW).map((key) => ({ ...key })) }), {
    ...READER,
    ...options,
  })
}

/** Each request is settled with these outcomes. */
async function open(t: Test) {
  let settle: (res: ServerResponse) => void = () => {}
  const port = await listenOn(
    t,
    createServer((_, res) => settle(res)),
  )
  const ends = { complain: () => {}, count: () => {}, time: () => {}, suspect: () => {} }
  const question = { query: queryOf(FINGERPRINT), certificate: undefined, trust: false }
  return (outcomes: readonly Outcome[], by: VerdictSigner) => {
    settle = (res) => new WaitingSigned(ends, res, FINGERPRINT, question, by).settle(ASKER, outcomes)
    return fetch(`http://127.0.0.1:${port}/`)
  }
}
