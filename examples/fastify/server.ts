// A site with Fastify, in a folder that `countersign site init` made: npm install fastify, then node server.ts
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
const [cert, key, ca] = [read('certs/api/cert.pem'), read('certs/api/key.pem'), read('certs/api/root.pem')]

const identity = await countersign({ url, cert, key, ca })
const own = { cert: read('certs/server/cert.pem'), key: read('certs/server/key.pem') }
const app = fastify({ https: { ...identity.tls(), ...own } })
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
