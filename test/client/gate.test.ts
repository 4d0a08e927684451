import t from 'tap'
import { CountersignError } from '../../src/client/countersign-error.ts'
import { type Decision, decide, type GateOptions } from '../../src/client/gate.ts'
import { shownOn } from '../../src/client/proven-peer.ts'
import { readVerdict, type ValidVerdict, type Verdict } from '../../src/client/verdict.ts'
import { fingerprintOf, type Wishes } from '../../src/client/verdict-question.ts'
import { REVOKED, STALE, VALID } from './fake-service.ts'
import { connectionShowing, DER, requestFrom } from './somebody.ts'

const UNKNOWN = { verdict: 'missing', reason: 'unknown' } as const
const SCRIPT = { headers: { host: 'shop.example', 'sec-fetch-dest': 'empty', accept: 'text/html' } }

/** Who comes, how, and what becomes of it. */
const CASES: readonly (readonly [what: string, said: object, request: object, options: GateOptions, end: object])[] = [
  ['valid', VALID, {}, {}, { identity: { verdict: 'valid' } }],
  ['stale, a page', STALE, {}, {}, { refusal: { status: 303, headers: { location: STALE.redirect } } }],
  [
    'stale, a page of an old browser',
    STALE,
    { headers: { accept: 'text/html,*/*' } },
    {},
    { refusal: { status: 303 } },
  ],
  ['stale, a script', STALE, SCRIPT, {}, { refusal: { status: 401, body: /"redirect":"https:/ } }],
  ['stale, a frame', STALE, { headers: { 'sec-fetch-dest': 'iframe' } }, {}, { refusal: { status: 401 } }],
  ['stale, a form', STALE, { method: 'POST' }, {}, { refusal: { status: 401 } }],
  ['stale, a program', STALE, { headers: {} }, {}, { refusal: { status: 401 } }],
  ['stale, where nobody must', STALE, {}, { required: false }, { identity: { verdict: 'needs-revalidation' } }],
  ['unknown', UNKNOWN, {}, {}, { refusal: { status: 401, verdict: UNKNOWN } }],
  ['unknown, where nobody must', UNKNOWN, {}, { required: false }, { identity: UNKNOWN }],
  ['revoked', REVOKED, {}, {}, { refusal: { status: 403 } }],
  ['revoked, where nobody must', REVOKED, {}, { required: false }, { refusal: { status: 403 } }],
]

for (const [what, said, given, options, end] of CASES) {
  t.test(what, async (t) => {
    const { gate, socket, attached } = open(said)
    const decision = await decide(gate, requestFrom(socket, given), options)
    t.match(decision, end)
    t.equal(attached.length, said === VALID ? 1 : 0)
    if ('refusal' in decision) t.match(decision.refusal.headers, { 'cache-control': 'no-store' })
  })
}

t.test('nobody shows nothing, and nobody is asked', async (t) => {
  const { gate, asked } = open(VALID)
  const bare = requestFrom(connectionShowing(undefined))
  t.match(decide(gate, bare, {}), { refusal: { status: 401, verdict: { reason: 'no-certificate' } } })
  t.match(decide(gate, bare, { required: false }), { identity: { reason: 'no-certificate' } })
  t.same(asked, [])
})

t.test('who is known is let in at once, and his connection ends with him', async (t) => {
  const { gate, socket, asked, attached } = open(VALID)
  const known = readVerdict(VALID) as ValidVerdict
  const knowing = { ...gate, judging: { ...gate.judging, known: () => known } }
  t.same(decide(knowing, requestFrom(socket), {}), { identity: known })
  t.same(attached, [[fingerprintOf(DER), socket]])
  t.same(asked, [])
})

t.test('without a verdict nobody is let in, whoever must or not', async (t) => {
  for (const error of [new CountersignError('unavailable', 'down'), new Error('anything')]) {
    const { gate, socket, failures } = open(error)
    for (const required of [true, false]) {
      const decision: Decision = await decide(gate, requestFrom(socket), { required })
      t.match(decision, { refusal: { status: 503, headers: { 'retry-after': '1' }, verdict: undefined } })
    }
    t.same(failures, [error, error])
  }
})

t.test('a page wants its own address back, where its origin is registered', async (t) => {
  const page = { headers: { host: 'shop.example', 'sec-fetch-dest': 'document' } }
  for (const [given, returnTo] of [
    [page, 'https://shop.example/app/orders?open=1'],
    [{ ...page, originalUrl: '/mounted' }, 'https://shop.example/mounted'],
    [
      { headers: { ':authority': 'shop.example', 'sec-fetch-dest': 'document' } },
      'https://shop.example/app/orders?open=1',
    ],
    [{ headers: { host: 'evil.example', 'sec-fetch-dest': 'document' } }, undefined],
    [{ headers: { host: 'not a host', 'sec-fetch-dest': 'document' } }, undefined],
    [{ ...page, url: 'https://evil.example/' }, undefined],
    [SCRIPT, undefined],
  ] as const) {
    const { gate, socket, asked } = open(STALE)
    await decide(gate, requestFrom(socket, given), { maxAge: 60 })
    t.match(asked, [{ maxAge: 60, returnTo }], JSON.stringify(given))
  }
})

function open(said: object) {
  const asked: Wishes[] = []
  const attached: unknown[] = []
  const failures: unknown[] = []
  const gate = {
    shown: shownOn,
    judging: {
      known: () => undefined,
      judge: async (_shown: object, wishes: Wishes): Promise<Verdict> => {
        asked.push(wishes)
        if (said instanceof Error) throw said
        return readVerdict(said)
      },
      attach: (fingerprint: string, _verdict: object, connection: object) =>
        void attached.push([fingerprint, connection]),
    },
    returnTo: ['https://shop.example/app'],
    failed: (error: unknown) => void failures.push(error),
  }
  return { gate, socket: connectionShowing(DER), asked, attached, failures }
}
