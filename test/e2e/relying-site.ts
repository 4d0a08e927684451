import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { Json } from './cli.ts'
import { agentOf, exchange, type Identity } from './exchange.ts'

/** A site as its developer writes it: takes the browser's certificate, asks, follows the answer. */
export interface RelyingSite {
  readonly port: number
  /** the verdicts it was given, in order */
  readonly verdicts: readonly Json[]
  close(): Promise<void>
}

export interface RelyingSiteOptions {
  readonly port: number
  /** the site's own server certificate */
  readonly server: Identity
  /** the issuer of browser certificates, PEM: what the browser is told to offer */
  readonly browserIssuer: string
  /** where to ask, and who asks */
  readonly api: string
  readonly anchor: string
  readonly service: Identity
}

/** What its pages ask for: behind `/strict` the owner must have proven himself within two seconds. */
const MAX_AGES = new Map([
  ['/', {}],
  ['/strict', { max_age: 2 }],
])

export async function startRelyingSite(options: RelyingSiteOptions): Promise<RelyingSite> {
  const verdicts: Json[] = []
  const agent = agentOf(options.anchor, options.service)
  const tls = {
    ...options.server,
    ca: options.browserIssuer,
    requestCert: true,
    rejectUnauthorized: false,
  }
  const server = createServer(tls, async (req, res) => {
    const maxAge = MAX_AGES.get(req.url ?? '')
    if (maxAge === undefined) return void res.writeHead(404).end()
    const certificate = (req.socket as TLSSocket).getPeerX509Certificate()?.raw.toString('base64') ?? null
    const { json: answer } = await exchange(`${options.api}/v1/verdicts`, {
      agent,
      body: { certificate, ...maxAge },
    })
    verdicts.push(answer)
    if (answer.verdict === 'needs-revalidation')
      return void res.writeHead(303, { location: String(answer.redirect) }).end()
    res.writeHead(answer.verdict === 'valid' ? 200 : 403, { 'content-type': 'text/html' })
    res.end(
      `<title>${answer.verdict}</title><p id="verdict">${answer.verdict}</p><p id="subject">${answer.subject ?? ''}</p>`,
    )
  })
  await new Promise<void>((resolve) => server.listen(options.port, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    verdicts,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
