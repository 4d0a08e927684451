import t from 'tap'
import { applyForCertificate, Refusal, requestProfile } from '../../src/web/application.ts'

type Sent = { address: string; init: RequestInit }

const APPLICATION = { label: 'Laptop', request: 'MII=', platform: 'linux', recovery_digests: ['aa'] } as const

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

t.test('label, request and kind of machine go up, and nothing else', async (t) => {
  const enrolled = { certificate: 'PEM' }
  const sent = answering(t, async () => Response.json(enrolled, { status: 201 }))
  t.strictSame(await applyForCertificate('/enroll/x', APPLICATION), enrolled)
  t.equal(sent.length, 1)
  t.match(sent[0], { address: '/enroll/x', init: { method: 'POST', body: JSON.stringify(APPLICATION) } })
})

t.test('for a profile the file goes up, and its permit', async (t) => {
  const sent = answering(t, async () => Response.json({ address: '/apple-profile?handle=h' }, { status: 201 }))
  t.equal(await requestProfile('permit', 'file'), '/apple-profile?handle=h')
  t.match(sent[0], { address: '/apple-profile', init: { body: '{"permit":"permit","file":"file"}' } })
})

t.test('refusals by their code; some are final', async (t) => {
  for (const [code, mendable] of [
    ['label-invalid', true],
    ['invitation-unusable', false],
    ['invitation-used', false],
    ['signer-unavailable', false],
  ] as const) {
    answering(t, problem(code, 400))
    await t.rejects(applyForCertificate('/x', APPLICATION), { code, mendable })
  }
})

t.test('answers that make no sense, and none at all', async (t) => {
  const STRANGE: readonly (readonly [code: string, answer: () => Promise<Response>])[] = [
    ['unexpected', async () => new Response('<html>', { status: 502 })],
    ['unexpected', async () => new Response('null', { status: 500 })],
    ['unexpected', async () => new Response('{"detail":"no code"}', { status: 500 })],
    ['unreachable', () => Promise.reject(new TypeError('Failed to fetch'))],
  ]
  for (const [code, answer] of STRANGE) {
    answering(t, answer)
    const error = await applyForCertificate('/x', APPLICATION).catch((caught: unknown) => caught)
    t.ok(error instanceof Refusal && error.mendable)
    t.match(error, { code })
  }
})
