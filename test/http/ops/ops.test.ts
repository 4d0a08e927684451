import { pino } from 'pino'
import { Registry } from 'prom-client'
import t from 'tap'
import { createOps } from '../../../src/http/ops/ops.ts'

const OWN = { host: '127.0.0.1:8490' }

t.test('ready only when everything is', async (t) => {
  const { get, health } = open()
  t.match(await get('/readyz'), { statusCode: 200 })
  health.fault = 'not bound yet: api'
  const { statusCode, body } = await get('/readyz')
  t.match([statusCode, JSON.parse(body)], [503, { ready: false, reason: 'not bound yet: api' }])
  t.match(await get('/livez'), { statusCode: 200 }, 'alive all the same')
  health.fault = undefined
  t.match(await get('/readyz'), { statusCode: 200 })
})

t.test('metrics as Prometheus reads them; the API’s description', async (t) => {
  const { get } = open()
  const { headers, body } = await get('/metrics')
  t.match(headers['content-type'], /^text\/plain; version=/)
  t.match(body, '# metrics')
  t.same(JSON.parse((await get('/openapi.json')).body), { openapi: '3.0.3' })
})

t.test('for this machine’s own name only: a page in a browser here must not read it by another', async (t) => {
  const { get } = open()
  for (const path of ['/metrics', '/readyz', '/livez', '/openapi.json']) {
    t.match(await get(path, { host: 'evil.example:8490' }), { statusCode: 421 }, path)
  }
})

function open() {
  const health: { fault: string | undefined } = { fault: undefined }
  const app = createOps({
    log: pino({ level: 'silent' }),
    url: 'http://127.0.0.1:8490',
    metrics: { contentType: Registry.PROMETHEUS_CONTENT_TYPE, metrics: async () => '# metrics' },
    ready: async () => {
      if (health.fault !== undefined) throw new Error(health.fault)
    },
    openapi: { openapi: '3.0.3' },
  })
  return { health, get: (url: string, headers: Record<string, string> = OWN) => app.inject({ url, headers }) }
}
