import { once } from 'node:events'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { createServer, request } from 'node:https'
import type { Test } from 'tap'
import { figureOf } from '../../../src/domain/trust/trust-rule.ts'
import type { Outcome } from '../../../src/domain/verdict/inquiry.ts'
import { VerdictEndpoint } from '../../../src/http/api/verdict-endpoint.ts'
import { tlsOptions } from '../../../src/http/tls.ts'
import { CALLER_STATE, LAPTOP, service } from '../../domain/asking.ts'
import { NOW } from '../../domain/verdict-state.ts'
import { eventually } from '../../e2e/eventually.ts'
import { agentOf, exchange, type Reply } from '../../e2e/exchange.ts'
import { listenOn, type openCast } from '../handshake.ts'

export const JSON_TYPE = { 'content-type': 'application/json' }
export const AUTHORITY = 'id.example:8443'

const FIGURE = figureOf([{ siteId: 'another', weight: 10, kind: 'paid', since: NOW }])

/** The verdict's addresses behind a real handshake, over a store in memory, and who asks there. */
export async function openEndpoint(t: Test, { authority, server: own, peers }: Awaited<ReturnType<typeof openCast>>) {
  const { verdicts, slow, clock } = service()
  slow.states.set(peers.api.fingerprint, { ...CALLER_STATE, fingerprint: peers.api.fingerprint })
  slow.answer('at-once', 'signIn')
  const [counted, suspected, complaints]: [Outcome[], Uint8Array[], string[]] = [[], [], []]
  const endpoint = new VerdictEndpoint({
    verdicts,
    authority: AUTHORITY,
    signer: { sign: async () => 'a.signed.verdict' },
    statements: { figure: async () => FIGURE },
    complain: ({ code }) => complaints.push(code),
    count: (outcome) => counted.push(outcome),
    time: () => {},
    suspect: (certificate) => suspected.push(certificate),
  })
  const server = createServer(tlsOptions(own, { anchor: authority.twins.api, required: true }), (req, res) => {
    if (!endpoint.take(req, res, req.headers.host)) res.writeHead(404).end()
  })
  t.teardown(() => server.closeAllConnections())
  const port = await listenOn(t, server)
  const agent = agentOf(authority.issuers.root.pem, peers.api, { servername: 'localhost' })
  t.teardown(() => agent.destroy())
  const ask = (
    method: string,
    path: string,
    { headers = {}, body }: { headers?: Readonly<Record<string, string>>; body?: object | Uint8Array } = {},
  ) =>
    exchange(`https://127.0.0.1:${port}${path}`, {
      agent,
      method,
      headers: { host: AUTHORITY, ...headers },
      ...(body && { body }),
    })
  /** Announces a body of so many bytes of JSON, or says no length, and sends the first of them. */
  const announce = (path: string, length: number | undefined, first: string): ClientRequest => {
    const headers = { ...JSON_TYPE, host: AUTHORITY, ...(length !== undefined && { 'content-length': length }) }
    const req = request(`https://127.0.0.1:${port}${path}`, { agent, method: 'POST', headers })
    t.teardown(() => req.destroy())
    req.write(first)
    return req
  }
  /** And waits for the answer. */
  const begin = async (path: string, length: number | undefined) => {
    const req = announce(path, length, '[')
    const [answer] = (await once(req, 'response')) as [IncomingMessage]
    req.on('error', () => {})
    return { answer, req }
  }
  /** And waits until its caller was judged; the rest is sent when it is asked for. */
  const beginLate = async () => {
    const body = JSON.stringify({ fingerprint: LAPTOP })
    const before = slow.countOf('changes')
    const req = announce('/v1/verdicts', body.length, body.slice(0, 1))
    await eventually(
      () => slow.countOf('changes'),
      (count) => count > before,
    )
    const end = async () => {
      const answered = once(req, 'response') as Promise<[IncomingMessage]>
      req.end(body.slice(1))
      const [answer] = await answered
      answer.resume()
      return answer
    }
    return { end }
  }
  return { ask, begin, beginLate, slow, clock, counted, suspected, complaints }
}

export function codeOf({ json }: Reply): string {
  return (json as unknown as { code: string }).code
}
