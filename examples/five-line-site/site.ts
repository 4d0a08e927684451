// A whole site. Its five lines are the body of `greet`; around them are a TLS server and one question over TLS.
// Run it beside `npm start`; docs/SITES.md shows how, from the server's certificate on.
import { constants, createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Agent, createServer, get } from 'node:https'
import { json } from 'node:stream/consumers'
import { TLSSocket } from 'node:tls'

const [server, service, port = '3000', api = 'https://localhost:8443'] = process.argv.slice(2)
if (!server || !service) throw new TypeError('site.ts SERVER_FOLDER SERVICE_FOLDER [PORT] [API]')
const identity = (folder: string) => ({
  cert: readFileSync(`${folder}/cert.pem`),
  key: readFileSync(`${folder}/key.pem`),
})
const root = readFileSync(`${service}/root.pem`)
const agent = new Agent({ ...identity(service), ca: root, keepAlive: true })

async function greet(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
  const shown = request.socket instanceof TLSSocket ? request.socket.getPeerX509Certificate() : undefined
  const answer = shown && (await ask(shown.raw))
  if (answer?.verdict === 'valid') return response.end(`Hello, ${answer.subject}\n`)
  if (answer?.verdict === 'needs-revalidation') return response.writeHead(303, { location: answer.redirect }).end()
  return response.writeHead(403).end('There is nobody to sign in.\n')
}

interface Verdict {
  readonly verdict: 'valid' | 'needs-revalidation' | 'revoked' | 'missing'
  readonly subject: string
  readonly redirect: string
}

/** Rejects when there is no verdict, whatever the cause. */
function ask(certificate: Uint8Array): Promise<Verdict> {
  const fingerprint = createHash('sha256').update(certificate).digest('hex')
  return new Promise((resolve, reject) => {
    const question = get(`${api}/v1/verdicts/${fingerprint}`, { agent, timeout: 3_000 }, (answer) => {
      if (answer.statusCode === 200) json(answer).then((body) => resolve(body as Verdict), reject)
      else reject(new Error(`no verdict: ${answer.resume().statusCode}`))
    })
    question.once('error', reject).once('timeout', () => question.destroy(new Error('no verdict in time')))
  })
}

const tls = {
  ...identity(server),
  // Whose certificates are asked for. What one is worth, only the verdict tells: so none is turned away here.
  ca: root,
  requestCert: true,
  rejectUnauthorized: false,
  // A resumed session shows the certificate of an earlier handshake.
  secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION,
}
createServer(tls, (request, response) => {
  response.setHeader('cache-control', 'no-store')
  greet(request, response).catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`)
    response.writeHead(503).end('Nobody can be signed in just now.\n')
  })
}).listen(Number(port), '127.0.0.1', () => process.stdout.write(`https://localhost:${port}\n`))
