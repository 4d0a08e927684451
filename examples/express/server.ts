// A site with Express, in a folder that `countersign site init` made: npm install express, then node server.ts
// The server.js that lies there does two things more: it stores its renewed certificate, and follows the issuers.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { MiddlewareOptions, ValidVerdict } from 'countersign/client'
import { countersign } from 'countersign/client'
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
const [pair, own, ca] = [read('certs/api.pem'), read('certs/server.pem'), read('certs/root.pem')]

// in your own words; without it they get a problem (RFC 9457)
const missing: MiddlewareOptions['missing'] = (_request, response) => {
  response.statusCode = 401
  response.end('You need a certificate of ours.\n')
}

const identity = await countersign({ url, cert: pair, key: pair, ca })
const app = express()
app.get('/about', (_request, response) => void response.send('Everybody may read this.\n'))
app.use(identity.express({ missing }))
app.get('/', (request, response) => void response.send(`Hello, ${request.identity.subject}\n`))

const server = createServer({ ...identity.tls(), cert: own, key: own }, app)
server.listen(port, 'localhost', () => console.log(`https://localhost:${port}/`))
