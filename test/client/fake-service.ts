import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { TLSSocket } from 'node:tls'
import type { Test } from 'tap'
import { fingerprintOf } from '../../src/client/verdict-question.ts'
import { peerFingerprint } from '../../src/http/peer.ts'
import type { Cast } from '../http/handshake.ts'
import { READING, signed, validAnswer } from './signing.ts'

const DAY = 86_400_000

export const SUBJECT = 'subject-of-somebody'

/** What the service would say. */
export type Said = Readonly<Record<string, unknown>>

export const VALID: Said = {
  verdict: 'valid',
  subject: SUBJECT,
  validated_at: new Date(Date.now() - 60_000).toISOString(),
  expires_at: new Date(Date.now() + 3_600_000).toISOString(),
}
export const REVOKED: Said = {
  verdict: 'revoked',
  reason: 'superseded',
  subject: SUBJECT,
  revoked_at: new Date().toISOString(),
}
export const STALE: Said = {
  verdict: 'needs-revalidation',
  reason: 'idle',
  subject: SUBJECT,
  redirect: 'https://id.example/revalidate/ticket',
}

/** A service in memory that speaks the API over real TLS, and does what a test says. */
export class FakeService {
  /** the verdict on everybody */
  said: Said = VALID
  status = 200
  /** what the site is told of itself */
  site: Said = { ...SITE }
  /** the certificate for a request, PEM */
  renew: (request: Uint8Array) => string | Promise<string> = () => ''
  /** by which certificate (its fingerprint) each of `asked` was */
  readonly askers: string[] = []
  /** how questions were asked: the addresses */
  readonly asked: string[] = []
  readonly #streams = new Set<ServerResponse>()
  readonly #connections = new Set<TLSSocket>()
  readonly #opened = new Map<ServerResponse, number>()
  /** the ids with which streams were opened */
  readonly resumed: (string | undefined)[] = []
  readonly server: Server
  #position = 0
  #beating: NodeJS.Timeout | undefined
  #gate: Promise<void> | undefined

  constructor({ server, authority }: Cast) {
    const tls = { ...server, ca: authority.twins.api, requestCert: true, rejectUnauthorized: true }
    this.server = createServer(tls, (req, res) => void this.#answer(req, res))
    this.server.on('secureConnection', (socket) => {
      this.#connections.add(socket)
      socket.once('close', () => this.#connections.delete(socket))
    })
  }

  get url(): string {
    return `https://localhost:${(this.server.address() as AddressInfo).port}`
  }

  /** what was asked about people */
  get questions(): readonly string[] {
    return this.asked.filter((path) => path.startsWith('/v1/verdicts'))
  }

  /** connections by this certificate that live */
  connectionsOf(fingerprint: string): number {
    return [...this.#connections].filter((socket) => peerFingerprint(socket) === fingerprint).length
  }

  get streams(): number {
    return this.#streams.size
  }

  /** Tells that everything was told, now and every 50 ms, as young as it can be. */
  beat(): void {
    this.#heartbeat()
    this.#beating ??= setInterval(() => this.#heartbeat(), 50)
  }

  /** Streams stay open and say nothing more. */
  fallSilent(): void {
    clearInterval(this.#beating)
    this.#beating = undefined
  }

  /** Tells an event. */
  tell(event: string, subject = SUBJECT): void {
    this.#position += 1
    this.#send(event, { subject, at: new Date().toISOString() })
  }

  reset(): void {
    this.#send('reset', { position: this.#position })
  }

  /** Says what it is told to say. */
  write(text: string): void {
    for (const stream of this.#streams) stream.write(text)
  }

  cutStreams(): void {
    for (const stream of this.#streams) stream.destroy()
  }

  /** Answers that are asked for from now on wait for the returned function. */
  stall(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#gate = promise
    return () => {
      this.#gate = undefined
      resolve()
    }
  }

  close(): void {
    this.fallSilent()
    this.server.close()
    this.server.closeAllConnections()
  }

  #heartbeat(): void {
    for (const stream of this.#streams) {
      const at = Math.floor(performance.now() - this.#opened.get(stream)!)
      stream.write(`id: ${this.#position}\nevent: heartbeat\ndata: {"position":${this.#position},"at":${at}}\n\n`)
    }
  }

  #send(event: string, data: object): void {
    this.write(`id: ${this.#position}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
  }

  async #answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const path = req.url ?? ''
    this.asked.push(path)
    this.askers.push(peerFingerprint(req.socket) ?? '')
    const body = await buffer(req)
    if (path === '/v1/events') this.#open(req, res)
    else if (path === '/v1/site') this.#json(res, this.status, this.site)
    else if (path === '/v1/site/certificate') this.#json(res, this.status, { certificate: await this.renew(body) })
    else {
      const said = this.said
      await this.#gate
      if (req.headers.accept === 'application/jwt') await this.#sign(res, body)
      else this.#json(res, this.status, path === '/v1/verdicts/batch' ? many(body, said) : said)
    }
  }

  /** Always a valid one. */
  async #sign(res: ServerResponse, certificate: Buffer): Promise<void> {
    if (this.status !== 200) return this.#json(res, this.status, {})
    const token = await signed(fingerprintOf(certificate), validAnswer())
    res.writeHead(200, { 'content-type': 'application/jwt' }).end(token)
  }

  #json(res: ServerResponse, status: number, json: object): void {
    res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json))
  }

  #open(req: IncomingMessage, res: ServerResponse): void {
    const last = req.headers['last-event-id']
    this.resumed.push(typeof last === 'string' ? last : undefined)
    this.#opened.set(res, performance.now())
    this.#streams.add(res)
    res.once('close', () => this.#streams.delete(res))
    res.writeHead(this.status, { 'content-type': 'text/event-stream' })
    res.write('retry: 1000\n\n')
    if (this.#beating) this.#heartbeat()
  }
}

function many(body: Buffer, said: Said): object {
  const { queries } = JSON.parse(body.toString()) as { queries: readonly object[] }
  return { answers: queries.map(() => said) }
}

const SITE = {
  site: 'shop',
  service: 'web',
  return_to: ['https://shop.example/app', 'https://localhost:3000/'],
  checks: [],
  min_max_age: 30,
  check: 'https://id.example/check',
  browser_issuer: 'set by the test',
  certificate: {
    not_after: new Date(Date.now() + 90 * DAY).toISOString(),
    renew_at: new Date(Date.now() + 60 * DAY).toISOString(),
  },
  signed_verdicts: { issuer: READING.issuer, audience: READING.audience, keys: READING.keys },
}

/** Started for a test, closed behind it. */
export async function startFake(t: Test, cast: Cast): Promise<FakeService> {
  const fake = new FakeService(cast)
  fake.site = { ...SITE, browser_issuer: cast.authority.issuers.browser.pem }
  t.teardown(() => fake.close())
  await new Promise<void>((resolve) => fake.server.listen(0, '127.0.0.1', resolve))
  return fake
}

/** How a site's service reaches it. */
export function lineTo(fake: FakeService, { peers, authority }: Cast) {
  const { cert, key } = peers.api
  return { url: fake.url, cert, key, ca: authority.issuers.root.pem, timeout: 1_000 }
}
