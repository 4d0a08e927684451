import t from 'tap'
import { CountersignError } from '../../src/client/countersign-error.ts'
import { type DecideOptions, type Decision, decide, type GateOptions } from '../../src/client/gate.ts'
import type { Shown } from '../../src/client/judging.ts'
import { connectionOf, shownOn } from '../../src/client/proven-peer.ts'
import { readVerdict, type ValidVerdict, type Verdict } from '../../src/client/verdict.ts'
import { fingerprintOf, type Wishes } from '../../src/client/verdict-question.ts'
import { REVOKED, STALE, VALID } from './fake-service.ts'
import { ANSWER, connectionShowing, DER, requestFrom } from './somebody.ts'

const UNKNOWN = { verdict: 'missing', reason: 'unknown' } as const
const HTML = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': /default-src 'none'/ }
const PROBLEM = { 'content-type': 'application/problem+json' }
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
  [
    'unknown, a page',
    UNKNOWN,
    {},
    {},
    { refusal: { status: 401, verdict: UNKNOWN, headers: HTML, body: /href="https:\/\/id.example\/check"/ } },
  ],
  ['unknown, a script', UNKNOWN, SCRIPT, {}, { refusal: { status: 401, headers: PROBLEM, body: /"missing"/ } }],
  ['unknown, where nobody must', UNKNOWN, {}, { required: false }, { identity: UNKNOWN }],
  ['revoked, a page', REVOKED, {}, {}, { refusal: { status: 403, headers: HTML } }],
  ['revoked, a script', REVOKED, SCRIPT, {}, { refusal: { status: 403, headers: PROBLEM, body: /"revoked"/ } }],
  ['revoked, where nobody must', REVOKED, {}, { required: false }, { refusal: { status: 403 } }],
]

for (const [what, said, given, options, end] of CASES) {
  t.test(what, async (t) => {
    const { gate, socket, attached } = open(said)
    const decision = await decide(gate, requestFrom(socket, given), ANSWER, options)
    t.match(decision, end)
    t.equal(attached.length, said === VALID ? 1 : 0)
    if ('refusal' in decision) t.match(decision.refusal.headers, { 'cache-control': 'no-store' })
  })
}

t.test('what another site’s page makes a browser send changes nothing, and nobody is asked', async (t) => {
  const from = (origin: string, method = 'POST') => ({ method, headers: { host: 'shop.example', origin } })
  const evil = 'https://evil.example'
  for (const [given, options, isRefused] of [
    [from(evil), {}, true],
    [from(evil), { required: false }, true],
    [from(evil), { origins: [evil] }, false],
    [from(evil), { origins: ['https://other.example'] }, true],
    [from('https://shop.example'), {}, false],
    [{ ...from('https://shop.example'), headers: { host: 'behind.proxy', origin: 'https://shop.example' } }, {}, false],
    [from(evil, 'GET'), {}, false],
    [from(evil, 'GET'), { isUpgrade: true }, true],
    // as frameworks hand on what becomes a WebSocket
    [{ ...from(evil, 'GET'), upgrade: true }, {}, true],
    [{ ...from(evil, 'GET'), upgrade: false }, {}, false],
  ] satisfies (readonly [object, DecideOptions, boolean])[]) {
    const { gate, socket, asked } = open(VALID)
    const decision = await decide(gate, requestFrom(socket, given), ANSWER, options)
    if (isRefused) t.match(decision, { refusal: { status: 403, body: /"cross-origin"/ } }, JSON.stringify(given))
    else t.match(decision, { identity: { verdict: 'valid' } }, JSON.stringify(given))
    t.equal(asked.length, isRefused ? 0 : 1)
  }
  const { gate, socket } = open(VALID)
  const knowing = { ...gate, judging: { ...gate.judging, known: () => readVerdict(VALID) as ValidVerdict } }
  t.match(decide(knowing, requestFrom(socket, from(evil)), ANSWER, {}), { refusal: { status: 403 } }, 'who is known')
  const bare = requestFrom(connectionShowing(undefined), from(evil))
  t.match(decide(gate, bare, ANSWER, { required: false }), { identity: { verdict: 'missing' } }, 'who shows nothing')
})

t.test('nobody shows nothing, and nobody is asked', async (t) => {
  const { gate, asked } = open(VALID)
  const bare = requestFrom(connectionShowing(undefined))
  t.match(decide(gate, bare, ANSWER, {}), { refusal: { status: 401, verdict: { reason: 'no-certificate' } } })
  t.match(decide(gate, bare, ANSWER, { required: false }), { identity: { reason: 'no-certificate' } })
  t.same(asked, [])
})

t.test('who is known is let in at once, and his connection ends with him', async (t) => {
  const { gate, socket, asked, attached } = open(VALID)
  const known = readVerdict(VALID) as ValidVerdict
  const knowing = { ...gate, judging: { ...gate.judging, known: () => known } }
  t.same(decide(knowing, requestFrom(socket), ANSWER, {}), { identity: known })
  t.same(attached, [[fingerprintOf(DER), socket]])
  t.same(asked, [])
  const attachedAlready = { ...knowing, judging: { ...knowing.judging, isAttached: () => true } }
  t.same(decide(attachedAlready, requestFrom(socket), ANSWER, {}), { identity: known })
  t.equal(attached.length, 1, 'who is known by his connection is attached to it')
})

t.test('a route that wants certain checks asks each time, whoever is known', async (t) => {
  const { gate, socket, asked } = open(STALE)
  const knowing = { ...gate, judging: { ...gate.judging, known: () => readVerdict(VALID) as ValidVerdict } }
  t.match(await decide(knowing, requestFrom(socket), ANSWER, {}), { identity: { verdict: 'valid' } })
  const decision = await decide(knowing, requestFrom(socket), ANSWER, { checks: ['passkey'] })
  t.match(decision, { refusal: { status: 303 } })
  t.match(asked, [{ checks: ['passkey'] }])
})

t.test('without a verdict nobody is let in, whoever must or not', async (t) => {
  for (const error of [new CountersignError('unavailable', 'down'), new Error('anything')]) {
    const { gate, socket, failures } = open(error)
    for (const required of [true, false]) {
      const decision: Decision = await decide(gate, requestFrom(socket), ANSWER, { required })
      t.match(decision, { refusal: { status: 503, headers: { 'retry-after': '1' }, verdict: undefined } })
    }
    t.same(failures, [error, error])
  }
})

t.test(
  'without the service: who was signed lately, on a route that says so, and no verdict that is an answer',
  async (t) => {
    const signed = readVerdict(VALID) as ValidVerdict
    const away = new CountersignError('unavailable', 'down')
    const on = async (said: object, options: GateOptions, kept: ValidVerdict | undefined = signed) => {
      const { gate, socket, attached, attachedOffline, failures } = open(said, kept)
      const decision = await decide(gate, requestFrom(socket), ANSWER, options)
      return { decision, attached: attached.length, offline: attachedOffline, failures: failures.length, socket }
    }
    const letIn = await on(away, { offline: true })
    t.match(letIn, { decision: { identity: signed }, attached: 0, failures: 1 })
    t.same(letIn.offline, [[fingerprintOf(DER), letIn.socket]])
    const REFUSED = { decision: { refusal: { status: 503 } }, attached: 0, offline: [] }
    t.match(await on(away, {}), REFUSED, 'a route that does not say so')
    t.match(await on(away, { offline: false }), REFUSED)
    t.match(await on(away, { offline: true, checks: ['passkey'] }), REFUSED, 'nobody knows by what check')
    const { gate, socket } = open(away)
    t.match(await decide(gate, requestFrom(socket), ANSWER, { offline: true }), REFUSED.decision, 'nothing was signed')
    for (const code of ['caller-refused', 'question-refused', 'answer-unreadable', 'closed'] as const)
      t.match(await on(new CountersignError(code, 'no'), { offline: true }), REFUSED, code)
    t.match(await on(new Error('anything'), { offline: true }), REFUSED)
    t.match(
      await on(REVOKED, { offline: true }),
      { decision: { refusal: { status: 403 } } },
      'it is there, and says no',
    )
  },
)

t.test('a route that goes on without the service has people signed while it is there', async (t) => {
  const known = readVerdict(VALID) as ValidVerdict
  for (const [signed, questions] of [
    [undefined, 1],
    [known, 0],
  ] as const) {
    const { gate, socket, asked } = open(VALID, signed)
    const knowing = { ...gate, judging: { ...gate.judging, known: () => known } }
    t.match(await decide(knowing, requestFrom(socket), ANSWER, { offline: true }), { identity: known })
    t.equal(asked.length, questions)
    for (const wishes of asked) t.match(wishes, { offline: true })
  }
  const { gate, socket, attached } = open(new CountersignError('unavailable', 'down'))
  const knowing = { ...gate, judging: { ...gate.judging, known: () => known } }
  t.match(
    await decide(knowing, requestFrom(socket), ANSWER, { offline: true }),
    { identity: known },
    'and is let in by what the stream still proves',
  )
  t.equal(attached.length, 1)
  const strict = await decide(knowing, requestFrom(socket), ANSWER, { offline: true, checks: ['passkey'] })
  t.match(strict, { refusal: { status: 503 } }, 'but not where certain checks are wanted')
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
    await decide(gate, requestFrom(socket, given), ANSWER, { maxAge: 60 })
    t.match(asked, [{ maxAge: 60, returnTo }], JSON.stringify(given))
  }
})

function open(said: object, offline?: ValidVerdict) {
  const attachedOffline: unknown[] = []
  const asked: Wishes[] = []
  const attached: unknown[] = []
  const failures: unknown[] = []
  const gate = {
    shown: shownOn,
    connection: connectionOf,
    judging: {
      known: () => undefined,
      judge: async (_shown: object, wishes: Wishes): Promise<Verdict> => {
        asked.push(wishes)
        if (said instanceof Error) throw said
        return readVerdict(said)
      },
      isAttached: () => false,
      attach: (shown: Shown, _verdict: object, connection: object) =>
        void attached.push([shown.fingerprint, connection]),
      withoutService: () => offline,
      attachWithoutService: (fingerprint: string, connection: object) =>
        void attachedOffline.push([fingerprint, connection]),
    },
    returnTo: () => ['https://shop.example/app'],
    checkPage: () => 'https://id.example/check',
    failed: (error: unknown) => void failures.push(error),
  }
  return { gate, socket: connectionShowing(DER), asked, attached, attachedOffline, failures }
}
