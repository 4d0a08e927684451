import t from 'tap'
import { applyForCertificate, Refusal } from '../../src/web/application.ts'

type Sent = { address: string; init: RequestInit }

/** Answers in the network's place. */
function answering(t: { teardown(undo: () => void): void }, answer: () => Promise<Response>): Sent[] {
  const { fetch } = globalThis
  const sent: Sent[] = []
  t.teardown(() => {
    globalThis.fetch = fetch
  })
  globalThis.fetch = (address, init) => {
    sent.push({ address: String(address), init: init ?? {} })
    return answer()
  }
  return sent
}

function problem(code: string, status: number): () => Promise<Response> {
  return async () => Response.json({ code, detail: `About ${code}.` }, { status })
}

t.test('label and request go up, and nothing else', async (t) => {
  const enrolled = { certificate: 'PEM' }
  const sent = answering(t, async () => Response.json(enrolled, { status: 201 }))
  t.strictSame(await applyForCertificate('/enroll/x', 'Laptop', 'MII='), enrolled)
  t.equal(sent.length, 1)
  t.match(sent[0], { address: '/enroll/x', init: { method: 'POST', body: '{"label":"Laptop","request":"MII="}' } })
})

t.test('refusals in the service’s own words; some are final', async (t) => {
  for (const [code, mendable] of [
    ['label-invalid', true],
    ['invitation-unusable', false],
    ['signer-unavailable', false],
  ] as const) {
    answering(t, problem(code, 400))
    await t.rejects(applyForCertificate('/x', 'a', 'b'), { message: `About ${code}.`, mendable })
  }
})

t.test('answers that make no sense, and none at all', async (t) => {
  const STRANGE: readonly (() => Promise<Response>)[] = [
    async () => new Response('<html>', { status: 502 }),
    async () => new Response('null', { status: 500 }),
    async () => new Response('{"detail":"no code"}', { status: 500 }),
    () => Promise.reject(new TypeError('Failed to fetch')),
  ]
  for (const answer of STRANGE) {
    answering(t, answer)
    const error = await applyForCertificate('/x', 'a', 'b').catch((caught: unknown) => caught)
    t.ok(error instanceof Refusal && error.mendable && error.message.length > 20)
  }
})
