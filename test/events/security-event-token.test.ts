import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import t from 'tap'
import { deriveKeyring } from '../../src/domain/keyring.ts'
import type { SecurityEvent } from '../../src/domain/security-event/security-event.ts'
import { pairwiseSubject } from '../../src/domain/site/subject.ts'
import { VerdictKeys } from '../../src/domain/verdict/verdict-keys.ts'
import { createSecurityEventTokens } from '../../src/events/security-event-token.ts'

const KEYRING = deriveKeyring(Buffer.alloc(32, 1))
const NOW = Date.UTC(2026, 10, 21, 12)
const PERIOD = 30 * 86_400_000
const SHOP = { id: '01'.repeat(16), name: 'shop' }
const STREAM = 'ab'.repeat(16)
const EVENT: SecurityEvent = {
  position: 7,
  type: 'session-revoked',
  at: NOW - 5_000,
  event: 'revoked',
  subscriberId: '5a'.repeat(16),
  generation: 0,
  state: null,
}

const clock = { time: NOW, now: () => clock.time }
const tokens = createSecurityEventTokens({ keyring: KEYRING, clock, issuer: 'https://id.example' })
const keys = createLocalJWKSet({ keys: [...new VerdictKeys(KEYRING['verdict-signing']).published(NOW)] })
const EXPECTED = {
  issuer: 'https://id.example',
  audience: 'urn:countersign:site:shop',
  typ: 'secevent+jwt',
  currentDate: new Date(NOW),
}

t.test('a receiver verifies it under the published keys', async (t) => {
  const { payload } = await jwtVerify(await tokens.sign(SHOP, STREAM, EVENT), keys, EXPECTED)
  t.match(payload, {
    jti: tokens.idOf(SHOP.id, EVENT),
    iat: NOW / 1_000,
    toe: NOW / 1_000 - 5,
    sub_id: { format: 'iss_sub', sub: pairwiseSubject(KEYRING.subject, SHOP.id, EVENT.subscriberId!) },
  })
  t.equal(Object.keys(payload.events as object).length, 1)
  t.notOk('sub' in payload || 'exp' in payload)
})

t.test('it is for one site, and is no other token', async (t) => {
  const token = await tokens.sign(SHOP, STREAM, EVENT)
  for (const other of [{ audience: 'urn:countersign:site:bank' }, { typ: 'countersign-verdict+jwt' }, { issuer: 'x' }])
    await t.rejects(jwtVerify(token, keys, { ...EXPECTED, ...other }))
  await t.rejects(jwtVerify(`${token.slice(0, -8)}AAAAAAAA`, keys, EXPECTED))
})

t.test('told again, it is the same event, under the key of the time', async (t) => {
  const before = await tokens.sign(SHOP, STREAM, EVENT)
  clock.time = NOW + PERIOD
  const again = await tokens.sign(SHOP, STREAM, EVENT)
  clock.time = NOW
  const idOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()).jti
  t.equal(idOf(again), idOf(before))
  t.not(decodeProtectedHeader(again).kid, decodeProtectedHeader(before).kid)
})
