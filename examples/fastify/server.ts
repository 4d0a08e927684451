// A site with Fastify, in a folder that `countersign site init` made: npm install fastify, then node server.ts
// The server.js that lies there does two things more: it stores its renewed certificate, and follows the issuers.
import { readFileSync } from 'node:fs'
import { countersign, type ValidVerdict } from 'countersign/client'
import { fastify } from 'fastify'

declare module 'fastify' {
  interface FastifyRequest {
    readonly identity: ValidVerdict
  }
}

const read = (file: string): string => readFileSync(file, 'utf8')
const { url, port } = JSON.parse(read('site.json'))
const [pair, own, ca] = [read('certs/api.pem'), read('certs/server.pem'), read('certs/root.pem')]

const identity = await countersign({ url, cert: pair, key: pair, ca })
const app = fastify({ https: { ...identity.tls(), cert: own, key: own } })
app.get('/about', () => 'Everybody may read this.\n')
// what is registered within is for those who are let in
app.register(async (inside) => {
  await inside.register(
    identity.fastify({
      missing: (_request, response) => {
        response.statusCode = 401
        response.end('You need a certificate of ours.\n')
      },
    }),
  )
  inside.get('/', (request) => `Hello, ${request.identity.subject}\n`)
})

await app.listen({ port, host: 'localhost' })
console.log(`https://localhost:${port}/`)
