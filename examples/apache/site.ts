// A whole site behind Apache: it hands on the header that Apache has set, and acts on the answer.
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Agent, get } from 'node:https'

const [folder, port = '3000', api = 'https://id.example:8443'] = process.argv.slice(2)
if (!folder) throw new TypeError('site.ts PROXY_FOLDER [PORT] [API]')
const read = (file: string): Buffer => readFileSync(`${folder}/${file}`)
const agent = new Agent({ cert: read('cert.pem'), key: read('key.pem'), ca: read('root.pem'), keepAlive: true })

createServer((request, response) => {
  response.setHeader('cache-control', 'no-store')
  const headers = {
    'x-ssl-client-cert': String(request.headers['x-ssl-client-cert'] ?? ''),
    'x-original-url': `https://shop.example${request.url}`,
  }
  const question = get(`${api}/v1/forward-auth`, { agent, headers, timeout: 3_000 }, (answer) => {
    answer.resume()
    greet(answer, request, response)
  })
  question.once('timeout', () => question.destroy(new Error('no answer in time')))
  question.once('error', () => response.writeHead(503).end('Nobody can be signed in just now.\n'))
}).listen(Number(port), '127.0.0.1')

function greet({ statusCode, headers }: IncomingMessage, request: IncomingMessage, response: ServerResponse): void {
  const isPage = ['document', undefined].includes(request.headers['sec-fetch-dest'])
  if (statusCode === 200) response.end(`Hello, ${headers['countersign-subject']}\n`)
  else if (statusCode === 401 && isPage)
    response.writeHead(303, { location: String(headers['countersign-redirect']) }).end()
  else if (statusCode === 401 || statusCode === 403) response.writeHead(statusCode).end('There is nobody to sign in.\n')
  else response.writeHead(503).end('Nobody can be signed in just now.\n')
}
