import type { IncomingHttpHeaders } from 'node:http'
import { Agent, type AgentOptions, request } from 'node:https'
import type { Json } from './cli.ts'

/** A certificate with its chain, and its key: PEM. */
export interface Identity {
  readonly cert: string
  readonly key: string
}

/** What came back. */
export interface Reply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  readonly json: Json
}

export interface Exchange {
  readonly agent: Agent
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  /** an object is sent as JSON */
  readonly body?: object | Uint8Array
}

/** Connections that live on between requests, as a site's service keeps them. */
export function agentOf(anchor: string, identity?: Identity, options: AgentOptions = {}): Agent {
  return new Agent({ ca: anchor, ...identity, keepAlive: true, ...options })
}

/** Sends one HTTP/1.1 request over TLS. Rejects when there is no answer. */
export function exchange(address: string, { agent, method, headers = {}, body }: Exchange): Promise<Reply> {
  const bytes = body === undefined || body instanceof Uint8Array ? body : JSON.stringify(body)
  const type = body === undefined || body instanceof Uint8Array ? {} : { 'content-type': 'application/json' }
  return new Promise((resolve, reject) => {
    const options = { agent, method: method ?? (body ? 'POST' : 'GET'), headers: { ...type, ...headers } }
    const req = request(address, options, (res) => {
      const chunks: Buffer[] = []
      res.on('data', (chunk: Buffer) => chunks.push(chunk))
      res.once('error', reject)
      res.once('end', () => resolve(replyOf(res.statusCode ?? 0, res.headers, Buffer.concat(chunks))))
    })
    req.once('error', reject)
    req.end(bytes)
  })
}

export function replyOf(status: number, headers: IncomingHttpHeaders, body: Buffer): Reply {
  return {
    status,
    headers,
    body,
    get json() {
      return JSON.parse(body.toString()) as Json
    },
  }
}
