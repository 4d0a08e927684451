// A site with WebSockets, in a folder that `countersign site init` made: npm install ws, then node server.ts
// The server.js that lies there does two things more: it stores its renewed certificate, and follows the issuers.
// Who is revoked loses his socket at once, and a stranger's page opens none; nothing has to be done for it.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { countersign } from 'countersign/client'
import { WebSocketServer } from 'ws'

const read = (file: string): string => readFileSync(file, 'utf8')
const { url, port } = JSON.parse(read('site.json'))
const [pair, own, ca] = [read('certs/api.pem'), read('certs/server.pem'), read('certs/root.pem')]

const identity = await countersign({ url, cert: pair, key: pair, ca })
const page = identity.node((request, response) => response.end(`Hello, ${request.identity.subject}\n`))
const server = createServer({ ...identity.tls(), cert: own, key: own }, page)

const sockets = new WebSocketServer({ noServer: true })
server.on(
  'upgrade',
  identity.upgrade((request, socket, head) => {
    sockets.handleUpgrade(request, socket, head, (live) => {
      live.on('error', () => live.terminate())
      live.on('message', (text) => live.send(`${request.identity.subject}: ${text}`))
      live.send(`Hello, ${request.identity.subject}\n`)
    })
  }),
)
server.listen(port, 'localhost', () => console.log(`https://localhost:${port}/`))
