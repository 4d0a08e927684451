import { createServer, type ServerResponse } from 'node:http'
import t, { type Test } from 'tap'
import { figureOf, type TrustFigure } from '../../../src/domain/trust/trust-rule.ts'
import type { Outcome } from '../../../src/domain/verdict/inquiry.ts'
import { IdentityError } from '../../../src/errors.ts'
import { WaitingForTrust } from '../../../src/http/api/trust-verdict.ts'
import { ASKER, queryOf } from '../../domain/asking.ts'
import { listenOn } from '../handshake.ts'

const FINGERPRINT = 'ab'.repeat(32)
const VALID: Outcome = {
  verdict: { verdict: 'valid', validatedAt: 1, expiresAt: 2 },
  subject: 'somebody',
  redirect: null,
}
const UNKNOWN: Outcome = { verdict: { verdict: 'missing', reason: 'unknown' }, subject: null, redirect: null }
const REFUSED = new IdentityError('max-age-too-small', 'too small')
const FIGURE = figureOf([{ siteId: 'another', weight: 10, kind: 'paid', since: 0 }])

t.test('a valid verdict comes with the figure of its person', async (t) => {
  const { answered, figures, counted } = await open(t)
  figures.of = (subject) => (subject === 'somebody' ? FIGURE : null)
  t.match(await answered([VALID], read()), [200, { verdict: 'valid', subject: 'somebody', trust: { score: 10 } }])
  figures.of = () => null
  t.match(await answered([VALID], read()), [200, { verdict: 'valid', trust: null }])
  t.same(await answered([UNKNOWN], read()), [200, { verdict: 'missing', reason: 'unknown' }])
  t.match(await answered([REFUSED], read()), [400, { code: 'max-age-too-small' }])
  t.match(await answered([], read()), [500, {}], 'no outcome is no answer')
  t.equal(counted.length, 3)
})

t.test('a batch is answered in order, each with what was asked for it', async (t) => {
  const { answered, figures, suspected } = await open(t)
  figures.of = () => FIGURE
  const der = Uint8Array.of(0x30, 0)
  const reads = [read(), read(false), read(), read(true, der), ...Array.from({ length: 30 }, () => read())]
  const outcomes = [VALID, VALID, REFUSED, UNKNOWN, ...Array.from({ length: 30 }, () => VALID)]
  const [status, { answers }] = (await answered(outcomes, reads)) as [number, { answers: object[] }]
  t.equal(status, 200)
  t.match(answers.slice(0, 4), [{ trust: FIGURE }, { verdict: 'valid' }, { code: 'max-age-too-small' }, {}])
  t.same(answers.map((answer) => 'trust' in answer).slice(0, 4), [true, false, false, false])
  t.equal(answers.filter((answer) => 'trust' in answer).length, 31)
  t.same(suspected, [der])
})

t.test('a figure that cannot be read is no verdict without one', async (t) => {
  const { answered, figures } = await open(t)
  figures.of = () => {
    throw new IdentityError('store-unavailable', 'down')
  }
  t.match(await answered([VALID], read()), [503, { code: 'store-unavailable' }])
  t.match(await answered([VALID], [read()]), [503, {}])
})

function read(trust = true, certificate?: Uint8Array) {
  return { query: queryOf(FINGERPRINT), certificate, trust }
}

async function open(t: Test) {
  const [counted, suspected]: [Outcome[], Uint8Array[]] = [[], []]
  const ends = {
    complain: () => {},
    time: () => {},
    count: (outcome: Outcome) => void counted.push(outcome),
    suspect: (certificate: Uint8Array) => void suspected.push(certificate),
  }
  const figures: { of: (subject: string) => TrustFigure | null } = { of: () => null }
  let act: (res: ServerResponse) => void = () => {}
  const port = await listenOn(
    t,
    createServer((_req, res) => act(res)),
  )
  const answered = async (outcomes: readonly Outcome[], asked: ReturnType<typeof read> | ReturnType<typeof read>[]) => {
    act = (res) =>
      new WaitingForTrust(ends, res, FINGERPRINT, asked, { figure: async (_, subject) => figures.of(subject) }).settle(
        ASKER,
        outcomes,
      )
    const reply = await fetch(`http://127.0.0.1:${port}/`)
    return [reply.status, await reply.json()] as const
  }
  return { answered, figures, counted, suspected }
}
