import { readFileSync } from 'node:fs'
import t from 'tap'
import { describeApi } from '../../src/http/api/api.ts'

t.test('docs/openapi.json is what the schemas say (npm run docs writes it)', async (t) => {
  const written = JSON.parse(readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8'))
  t.strictSame(written, JSON.parse(JSON.stringify(await describeApi('https://localhost:8443'))))
})
