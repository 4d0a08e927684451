import t from 'tap'
import {
  eventClaims,
  refusalOf,
  SECURITY_EVENT_TYPES,
  type SecurityEvent,
  TOLD_AS,
  tokenId,
} from '../../../src/domain/security-event/security-event.ts'
import { SITE_EVENTS } from '../../../src/domain/site/site-event.ts'
import { pairwiseSubject } from '../../../src/domain/site/subject.ts'

const KEYS = { token: Buffer.alloc(32, 1), subject: Buffer.alloc(32, 2) }
const [SHOP, BANK, OWNER] = ['01'.repeat(16), '02'.repeat(16), '5a'.repeat(16)]
const STREAM = { issuer: 'https://id.example', siteId: SHOP, streamId: 'ab'.repeat(16) }
const AT = 1_795_262_400_999

function event(given: Partial<SecurityEvent> = {}): SecurityEvent {
  return {
    position: 7,
    type: 'session-revoked',
    at: AT,
    event: 'revoked',
    subscriberId: OWNER,
    generation: 1,
    state: null,
    ...given,
  }
}

t.test('each event of a site is told that ends something, by types that there are', async (t) => {
  for (const name of SITE_EVENTS) {
    t.equal(TOLD_AS[name].length > 0, !['trust-changed', 'account-changed'].includes(name), name)
    for (const type of TOLD_AS[name]) t.ok(type in SECURITY_EVENT_TYPES, type)
  }
  t.ok((TOLD_AS.revoked as readonly string[]).includes('session-revoked'))
  t.ok((TOLD_AS.erased as readonly string[]).includes('session-revoked'), 'who is gone is not signed in')
})

t.test('a token names the person as its site knows him, one event, and no certificate', async (t) => {
  const claims = eventClaims(KEYS, STREAM, event({ type: 'credential-change' }))
  t.strictSame(claims.sub_id, {
    format: 'iss_sub',
    iss: 'https://id.example',
    sub: pairwiseSubject(KEYS.subject, SHOP, OWNER, 1),
  })
  t.strictSame(claims.events, {
    'https://schemas.openid.net/secevent/caep/event-type/credential-change': {
      event_timestamp: 1_795_262_400,
      credential_type: 'x509',
      change_type: 'revoke',
    },
  })
  t.equal(claims.toe, 1_795_262_400)
  t.notOk('sub' in claims, 'it is no token for signing in')
  t.notOk('exp' in claims)
})

t.test('what each type says', async (t) => {
  const said = (given: Partial<SecurityEvent>) =>
    Object.entries(eventClaims(KEYS, STREAM, event(given)).events as object)
  const caep = 'https://schemas.openid.net/secevent/caep/event-type'
  const when = { event_timestamp: 1_795_262_400 }
  t.strictSame(said({}), [[`${caep}/session-revoked`, when]])
  for (const name of ['held', 'released'] as const)
    t.match(said({ event: name, type: 'credential-change' }), [[String, { change_type: 'update' }]])
  t.strictSame(said({ event: 'needs-revalidation', type: 'assurance-level-change' }), [
    [
      `${caep}/assurance-level-change`,
      {
        ...when,
        namespace: 'urn:countersign:assurance',
        current_level: 'needs-revalidation',
        change_direction: 'decrease',
      },
    ],
  ])
  t.strictSame(said({ event: 'erased', type: 'account-purged' }), [
    ['https://schemas.openid.net/secevent/risc/event-type/account-purged', {}],
  ])
})

t.test('what a stream tells of itself has the stream as its subject', async (t) => {
  const own = { event: null, subscriberId: null, generation: null }
  const verified = eventClaims(KEYS, STREAM, event({ ...own, type: 'verification', state: 'a state' }))
  t.strictSame(verified.sub_id, { format: 'opaque', id: STREAM.streamId })
  t.strictSame(verified.events, {
    'https://schemas.openid.net/secevent/ssf/event-type/verification': { state: 'a state' },
  })
  const bare = eventClaims(KEYS, STREAM, event({ ...own, type: 'verification' }))
  t.strictSame(Object.values(bare.events as object), [{}])
  const updated = eventClaims(KEYS, STREAM, event({ ...own, type: 'stream-updated', state: 'why' }))
  t.strictSame(updated.events, {
    'https://schemas.openid.net/secevent/ssf/event-type/stream-updated': { status: 'enabled', reason: 'why' },
  })
})

t.test('an id is the same at each delivery, and another for all else', async (t) => {
  const id = tokenId(KEYS.token, SHOP, event())
  t.equal(tokenId(Buffer.from(KEYS.token), SHOP, event({ state: 'not part of it' })), id)
  t.match(id, /^[\w-]{43}$/)
  const others = [
    tokenId(KEYS.token, BANK, event()),
    tokenId(KEYS.token, SHOP, event({ position: 8 })),
    tokenId(KEYS.token, SHOP, event({ type: 'credential-change' })),
    tokenId(KEYS.token, SHOP, event({ at: AT + 1 })),
    tokenId(KEYS.subject, SHOP, event()),
  ]
  t.equal(new Set([id, ...others]).size, 6)
})

t.test('events of one change have a number in common, which two sites have not', async (t) => {
  const { txn } = eventClaims(KEYS, STREAM, event())
  t.equal(eventClaims(KEYS, STREAM, event({ type: 'credential-change' })).txn, txn)
  t.not(eventClaims(KEYS, STREAM, event({ position: 8 })).txn, txn)
  t.not(eventClaims(KEYS, { ...STREAM, siteId: BANK }, event()).txn, txn)
})

t.test('of what a receiver says only codes that there are is kept', async (t) => {
  t.equal(refusalOf('invalid_key'), 'refused: invalid_key')
  for (const code of ['<b>', 'invalid_keys', undefined, 5, ['invalid_key']]) t.equal(refusalOf(code), 'refused')
})
