// A site with WebSockets, in a folder that `countersign site init` made: npm install ws, then node server.ts
// Who is revoked loses his socket at once; nothing has to be done for it.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { countersign } from 'countersign/client'
import { WebSocketServer } from 'ws'

const read = (file: string): string => readFileSync(file, 'utf8')
const { url, port } = JSON.parse(read('site.json'))
const [cert, key, ca] = [read('certs/api/cert.pem'), read('certs/api/key.pem'), read('certs/api/root.pem')]

const identity = await countersign({ url, cert, key, ca })
const own = { cert: read('certs/server/cert.pem'), key: read('certs/server/key.pem') }
const page = identity.node((request, response) => response.end(`Hello, ${request.identity.subject}\n`))
const server = createServer({ ...identity.tls(), ...own }, page)

const sockets = new WebSocketServer({ noServer: true })
server.on(
  'upgrade',
  identity.upgrade((request, socket, head) => {
    // A stranger's page can open a socket, too, and the browser sends the certificate with it.
    if (request.headers.origin !== `https://${request.headers.host}`) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n')
      return
    }
    sockets.handleUpgrade(request, socket, head, (live) => {
      live.on('error', () => live.terminate())
      live.on('message', (text) => live.send(`${request.identity.subject}: ${text}`))
      live.send(`Hello, ${request.identity.subject}\n`)
    })
  }),
)
server.listen(port, 'localhost', () => console.log(`https://localhost:${port}/`))
