// A site with Hono, in a folder that `countersign site init` made: npm install hono @hono/node-server, then node server.ts
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { type HttpBindings, serve } from '@hono/node-server'
import { countersign, type ValidVerdict } from 'countersign/client'
import { Hono } from 'hono'

const read = (file: string): string => readFileSync(file, 'utf8')
const { url, port } = JSON.parse(read('site.json'))
const [cert, key, ca] = [read('certs/api/cert.pem'), read('certs/api/key.pem'), read('certs/api/root.pem')]

const identity = await countersign({ url, cert, key, ca })
const app = new Hono<{ Bindings: HttpBindings; Variables: { identity: ValidVerdict } }>()
app.get('/about', (context) => context.text('Everybody may read this.\n'))
app.use(identity.hono())
app.get('/', (context) => context.text(`Hello, ${context.get('identity').subject}\n`))

const own = { cert: read('certs/server/cert.pem'), key: read('certs/server/key.pem') }
const serverOptions = { ...identity.tls(), ...own }
serve({ fetch: app.fetch, createServer, serverOptions, port, hostname: 'localhost' }, () =>
  console.log(`https://localhost:${port}/`),
)
