// A site with Hono, in a folder that `countersign site init` made: npm install hono @hono/node-server, then node server.ts
// The server.js that lies there does two things more: it stores its renewed certificate, and follows the issuers.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { type HttpBindings, serve } from '@hono/node-server'
import { countersign, type ValidVerdict } from 'countersign/client'
import { Hono } from 'hono'

const read = (file: string): string => readFileSync(file, 'utf8')
const { url, port } = JSON.parse(read('site.json'))
const [pair, own, ca] = [read('certs/api.pem'), read('certs/server.pem'), read('certs/root.pem')]

const identity = await countersign({ url, cert: pair, key: pair, ca })
const app = new Hono<{ Bindings: HttpBindings; Variables: { identity: ValidVerdict } }>()
app.get('/about', (context) => context.text('Everybody may read this.\n'))
app.use(identity.hono())
app.get('/', (context) => context.text(`Hello, ${context.get('identity').subject}\n`))

const serverOptions = { ...identity.tls(), cert: own, key: own }
serve({ fetch: app.fetch, createServer, serverOptions, port, hostname: 'localhost' }, () =>
  console.log(`https://localhost:${port}/`),
)
