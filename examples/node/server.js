// A whole site, as `countersign site init` makes it. `site.json` and `certs` lie in the folder that it is started in, or
// in the one that is named: node server.js FOLDER
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { countersign } from 'countersign/client'

const [folder = '.'] = process.argv.slice(2)
/** @param {string} file */
const read = (file) => readFileSync(`${folder}/${file}`, 'utf8')
const { url, port } = JSON.parse(read('site.json'))

// key and certificate are in one file, so that both are replaced in one step
const [pair, own, ca] = [read('certs/api.pem'), read('certs/server.pem'), read('certs/root.pem')]
const identity = await countersign({
  ...{ url, cert: pair, key: pair, ca },
  renewed: ({ cert, key }) => {
    writeFileSync(`${folder}/certs/api.pem.new`, key + cert, { mode: 0o600 })
    renameSync(`${folder}/certs/api.pem.new`, `${folder}/certs/api.pem`)
  },
}).catch((error) => {
  console.error(`${error.message}\nIs Countersign running at ${url}?`)
  process.exit(1)
})
const greet = identity.node((request, response) => response.end(`Hello, ${request.identity.subject}\n`))

const tls = { cert: own, key: own }
identity
  .follow(createServer({ ...identity.tls(), ...tls }, greet), tls)
  .listen(port, 'localhost', () => console.log(`https://localhost:${port}/`))
