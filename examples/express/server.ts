// A site with Express, in a folder that `countersign site init` made: npm install express, then node server.ts
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { countersign, type ValidVerdict } from 'countersign/client'
import express from 'express'

declare global {
  namespace Express {
    interface Request {
      readonly identity: ValidVerdict
    }
  }
}

const read = (file: string): string => readFileSync(file, 'utf8')
const { url, port } = JSON.parse(read('site.json'))
const [cert, key, ca] = [read('certs/api/cert.pem'), read('certs/api/key.pem'), read('certs/api/root.pem')]

const identity = await countersign({ url, cert, key, ca })
const app = express()
app.get('/about', (_request, response) => void response.send('Everybody may read this.\n'))
app.use(
  identity.express({
    // in your own words; without it they get a problem (RFC 9457)
    missing: (_request, response) => {
      response.statusCode = 401
      response.end('You need a certificate of ours.\n')
    },
  }),
)
app.get('/', (request, response) => void response.send(`Hello, ${request.identity.subject}\n`))

const own = { cert: read('certs/server/cert.pem'), key: read('certs/server/key.pem') }
createServer({ ...identity.tls(), ...own }, app).listen(port, 'localhost', () =>
  console.log(`https://localhost:${port}/`),
)
