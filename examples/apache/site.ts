// A whole site behind Apache: a header tells what the browser proved there, and the library does the rest.
// site.ts FOLDER [PORT] [API], with the folder that `countersign site cert --out` wrote
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { countersign } from 'countersign/client'

const [folder, port = '3000', url = 'https://id.example:8443'] = process.argv.slice(2)
if (!folder) throw new TypeError('site.ts FOLDER [PORT] [API]')
const read = (file: string): Buffer => readFileSync(`${folder}/${file}`)

const identity = await countersign({
  ...{ url, cert: read('cert.pem'), key: read('key.pem'), ca: read('root.pem') },
  // Apache is believed, and whoever else is on this machine: let nobody in who is not
  proxy: { header: 'x-ssl-client-cert', from: ['127.0.0.1'] },
})
const greet = identity.node((request, response) => {
  if (request.url !== '/clock') return response.end(`Hello, ${request.identity.subject}\n`)
  // what lasts ends with the certificate
  const ticking = setInterval(() => response.write(`${new Date().toISOString()}\n`), 100)
  return response.once('close', () => clearInterval(ticking))
})
createServer(greet).listen(Number(port), '127.0.0.1')
