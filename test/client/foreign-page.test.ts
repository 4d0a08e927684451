import t from 'tap'
import { isFromForeignPage, isSafe } from '../../src/client/foreign-page.ts'

const HOST = { host: 'shop.example' }
const OWN = ['https://www.shop.example']

t.test('pages of another origin, as browsers tell of them', async (t) => {
  for (const [headers, isForeign] of [
    [{}, false],
    [{ 'sec-fetch-site': 'same-origin', origin: 'https://shop.example' }, false],
    [{ 'sec-fetch-site': 'none' }, false],
    [{ 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, true],
    [{ 'sec-fetch-site': 'same-site', origin: 'https://blog.shop.example' }, true],
    [{ 'sec-fetch-site': 'cross-site' }, true],
    [{ 'sec-fetch-site': 'a later word' }, true],
    [{ 'sec-fetch-site': 'same-site', origin: 'https://www.shop.example' }, false],
    [{ origin: 'https://shop.example' }, false],
    [{ origin: 'https://evil.example' }, true],
    [{ origin: 'https://shop.example.evil.example' }, true],
    [{ origin: 'https://shop.example:8443' }, true],
    [{ origin: 'http://shop.example' }, true],
    [{ origin: 'null' }, true],
    [{ origin: 'https://shop.example, https://evil.example' }, true],
  ] as const)
    t.equal(isFromForeignPage({ headers: { ...HOST, ...headers } }, OWN), isForeign, JSON.stringify(headers))
  const overHttp2 = { ':authority': 'shop.example', host: 'evil.example', origin: 'https://evil.example' }
  t.equal(isFromForeignPage({ headers: overHttp2 }, []), true)
})

t.test('what changes nothing is safe', async (t) => {
  for (const method of ['GET', 'HEAD', 'OPTIONS']) t.equal(isSafe({ method }), true, method)
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'CONNECT', 'get', ''])
    t.equal(isSafe({ method }), false, method)
})
