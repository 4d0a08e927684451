import { writeFileSync } from 'node:fs'
import { describeApi } from '../src/http/api/api.ts'

/** Writes docs/openapi.json from the schemas that serve; a test holds the file to them. */
const path = new URL('../docs/openapi.json', import.meta.url)
writeFileSync(path, `${JSON.stringify(await describeApi('https://localhost:8443'), null, 2)}\n`)
process.stdout.write('Wrote docs/openapi.json.\n')
