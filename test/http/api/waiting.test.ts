import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import type { Outcome } from '../../../src/domain/verdict/inquiry.ts'
import { IdentityError } from '../../../src/errors.ts'
import { WaitingBatch, WaitingQuestion } from '../../../src/http/api/waiting.ts'
import { ASKER } from '../../domain/asking.ts'

const FINGERPRINT = 'ab'.repeat(32)
const UNKNOWN: Outcome = { verdict: { verdict: 'missing', reason: 'unknown' }, subject: null, redirect: null }
const REFUSED = new IdentityError('max-age-too-small', 'too small')

t.test('one question: its answer is sent and counted, its refusal is a problem', async (t) => {
  const { answered, counted, ends } = await open(t)
  const one = (res: ServerResponse) => new WaitingQuestion(ends, res, FINGERPRINT, read())
  t.same(await answered((res) => one(res).settle(ASKER, [UNKNOWN])), [200, { verdict: 'missing', reason: 'unknown' }])
  t.match(await answered((res) => one(res).settle(ASKER, [REFUSED])), [400, { code: 'max-age-too-small' }])
  t.match(await answered((res) => one(res).settle(ASKER, [])), [500, {}], 'no outcome is no answer')
  t.match(await answered((res) => one(res).refuse(new IdentityError('store-unavailable', 'down'))), [503, {}])
  t.same(counted, [UNKNOWN])
})

t.test('a certificate that nobody knows is looked at more closely; a fingerprint alone cannot be', async (t) => {
  const { answered, suspected, ends } = await open(t)
  const der = Uint8Array.of(0x30, 0)
  await answered((res) => new WaitingQuestion(ends, res, FINGERPRINT, read()).settle(ASKER, [UNKNOWN]))
  t.same(suspected, [])
  await answered((res) => new WaitingQuestion(ends, res, FINGERPRINT, read(der)).settle(ASKER, [UNKNOWN]))
  await answered((res) =>
    new WaitingBatch(ends, res, FINGERPRINT, [read(), read(der)]).settle(ASKER, [UNKNOWN, UNKNOWN]),
  )
  t.same(suspected, [der, der])
})

t.test('a batch is answered in order, a refused question in its place', async (t) => {
  const { answered, counted, ends } = await open(t)
  const [status, body] = await answered((res) => {
    const batch = new WaitingBatch(ends, res, FINGERPRINT, [read(), read()])
    t.equal(batch.queries.length, 2)
    batch.settle(ASKER, [REFUSED, UNKNOWN])
  })
  t.equal(status, 200)
  t.match(body, { answers: [{ code: 'max-age-too-small' }, { verdict: 'missing' }] })
  t.same(counted, [UNKNOWN], 'what was refused is no verdict')
})

function read(certificate?: Uint8Array) {
  return { query: { fingerprint: FINGERPRINT, returnTo: undefined, maxAge: undefined }, certificate, trust: false }
}

async function open(t: Test) {
  const counted: Outcome[] = []
  const suspected: Uint8Array[] = []
  const ends = {
    complain: () => {},
    count: (outcome: Outcome, site: string) => {
      counted.push(outcome)
      t.equal(site, ASKER.site.name)
    },
    time: () => {},
    suspect: (certificate: Uint8Array) => void suspected.push(certificate),
  }
  let act: (res: ServerResponse) => void = () => {}
  const server = createServer((_req, res) => act(res))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const answered = async (what: typeof act): Promise<[status: number, body: unknown]> => {
    act = what
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    return [answer.status, await answer.json()]
  }
  return { answered, counted, suspected, ends }
}
