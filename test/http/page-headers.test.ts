import { fastify } from 'fastify'
import t from 'tap'
import { addPageHeaders, contentSecurityPolicy, prefersHtml, sendPage } from '../../src/http/page-headers.ts'

t.test('who prefers a page', async (t) => {
  const BROWSERS = [
    'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
    'text/html',
    'TEXT/HTML; q=0.5, application/json;q=0.4',
    'application/json;q=0.1, text/html;q=0.2',
  ]
  for (const accept of BROWSERS) t.ok(prefersHtml(accept), accept)
  const PROGRAMS = [
    undefined,
    '',
    '*/*',
    'text/*',
    'application/json',
    'application/problem+json, text/html;q=0.9',
    'text/html;q=0',
    'text/html;q=x',
    'application/json,text/html',
  ]
  for (const accept of PROGRAMS) t.notOk(prefersHtml(accept), accept ?? 'none')
})

t.test('a policy sets or adds directives, and forgets none', async (t) => {
  const policy = contentSecurityPolicy({ 'form-action': "'self' https://a.example", 'script-src': "'self'" })
  t.equal(
    policy,
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' https://a.example; frame-ancestors 'none'; base-uri 'none'; script-src 'self'",
  )
})

async function headersAt(url: string) {
  const app = fastify()
  addPageHeaders(app, url)
  app.get('/', async () => 'x')
  app.get('/own', async (_request, reply) => reply.header('cache-control', 'public').send('x'))
  const [plain, own] = [await app.inject('/'), await app.inject('/own')]
  await app.close()
  return { plain: plain.headers, own: own.headers }
}

t.test('only public names are told to use HTTPS for ever', async (t) => {
  for (const url of ['https://id.example', 'https://id.example:8445']) {
    t.match((await headersAt(url)).plain, { 'strict-transport-security': /^max-age=\d+$/ }, url)
  }
  for (const url of [
    'https://localhost:8445',
    'https://x.check.localhost:8445',
    'https://127.0.0.1:8445',
    'https://[::1]:8445',
  ]) {
    t.notOk('strict-transport-security' in (await headersAt(url)).plain, url)
  }
})

t.test('an answer’s own headers stand', async (t) => {
  const { plain, own } = await headersAt('https://id.example')
  t.match(plain, { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', vary: 'Accept, Accept-Language' })
  t.match(own, { 'cache-control': 'public', 'referrer-policy': 'no-referrer' })
})

t.test('a page is HTML in UTF-8', async (t) => {
  const app = fastify()
  app.get('/', async (_request, reply) => sendPage(reply, '<p>ü</p>'))
  const { headers, payload } = await app.inject('/')
  t.equal(headers['content-type'], 'text/html; charset=utf-8')
  t.equal(payload, '<p>ü</p>')
})
