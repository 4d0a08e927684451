// A whole site, as `countersign site init` makes it. `site.json` and `certs` lie in the folder that it is started in, or
// in the one that is named: node server.js FOLDER
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { countersign } from 'countersign/client'

const [folder = '.'] = process.argv.slice(2)
/** @param {string} file */
const read = (file) => readFileSync(`${folder}/${file}`, 'utf8')
const { url, port } = JSON.parse(read('site.json'))

const identity = await countersign({
  url,
  cert: read('certs/api/cert.pem'),
  key: read('certs/api/key.pem'),
  ca: read('certs/api/root.pem'),
}).catch((error) => {
  console.error(`${error.message}\nIs Countersign running at ${url}?`)
  process.exit(1)
})
const greet = identity.node((request, response) => response.end(`Hello, ${request.identity.subject}\n`))

createServer(
  { ...identity.tls(), cert: read('certs/server/cert.pem'), key: read('certs/server/key.pem') },
  greet,
).listen(port, 'localhost', () => console.log(`https://localhost:${port}/`))
