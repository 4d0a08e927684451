import { fastify } from 'fastify'
import t from 'tap'
import { commonAssets, inlineAddress, makeAsset, serveAssets } from '../../src/http/page-assets.ts'

t.test('an address follows from the content', async (t) => {
  const [first, same, other] = [
    makeAsset('a.css', 'text/css', 'x'),
    makeAsset('a.css', 'text/css', 'x'),
    makeAsset('a.css', 'text/css', 'y'),
  ]
  t.match(first.address, /^\/assets\/a\.[A-Za-z0-9_-]{16}\.css$/)
  t.equal(same.address, first.address)
  t.not(other.address, first.address)
})

t.test('an address can be the file itself', async (t) => {
  const { icon } = commonAssets()
  const there = await fetch(inlineAddress(icon))
  t.equal(there.headers.get('content-type'), icon.type)
  t.same(Buffer.from(await there.arrayBuffer()), icon.body)
})

t.test('the stylesheet and the icon are served, to be kept', async (t) => {
  const app = fastify()
  const { stylesheet, icon } = commonAssets()
  serveAssets(app, [stylesheet, icon])
  for (const { address, type, body } of [stylesheet, icon]) {
    const reply = await app.inject(address)
    t.equal(reply.statusCode, 200)
    t.equal(reply.headers['content-type'], type)
    t.match(reply.headers['cache-control'], 'immutable')
    t.same(reply.rawPayload, body)
  }
  t.match(stylesheet.body.toString(), 'prefers-color-scheme: dark')
  t.notMatch(stylesheet.body.toString(), /@import|url\(/, 'it loads nothing itself')
  t.equal((await app.inject('/assets/style.css')).statusCode, 404)
  await app.close()
})
