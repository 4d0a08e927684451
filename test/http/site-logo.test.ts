import { fastify } from 'fastify'
import t from 'tap'
import { logoPath, serveLogos } from '../../src/http/site-logo.ts'

const HASH = 'ab'.repeat(32)
const PNG = Buffer.from('89504e470d0a1a0a', 'hex')

t.test('a logo is a picture and nothing else, and may be kept for ever', async (t) => {
  const asked: string[] = []
  const app = fastify()
  t.teardown(() => app.close())
  const siteLogo = (hash: string) => {
    asked.push(hash)
    return hash === HASH ? PNG : undefined
  }
  serveLogos(app, { siteLogo })
  const { statusCode, headers, rawPayload } = await app.inject(logoPath(HASH))
  t.equal(statusCode, 200)
  t.same(rawPayload, PNG)
  t.match(headers, { 'content-type': 'image/png', 'cache-control': /immutable/ })
  t.match(headers['content-security-policy'], /default-src 'none'; sandbox/)
  t.equal((await app.inject(logoPath('cd'.repeat(32)))).statusCode, 500, 'refused; the listener makes a 404 of it')
  asked.length = 0
  for (const path of [
    '/logo/x.png',
    `/logo/${HASH}`,
    `/logo/${HASH}.svg`,
    `/logo/${HASH.toUpperCase()}.png`,
    '/logo/..%2f.png',
  ])
    t.not((await app.inject(path)).statusCode, 200, path)
  t.same(asked, [], 'what is no hash asks nobody')
})
