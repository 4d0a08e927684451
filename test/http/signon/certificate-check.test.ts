import { connect } from 'node:http2'
import t from 'tap'
import { createIntroductions } from '../../../src/domain/enrollment/introduction.ts'
import { enrollDevice } from '../../domain/house.ts'
import { AUTHORITY, BROWSER, codeOf, HOST, OWN_FORM, shakeHands, URL_OF_LISTENER } from '../visitor.ts'
import { setScene } from './scene.ts'

const NAME = `a1.check.${HOST}`
/** A visit under a fresh name. */
const FRESH = { name: NAME, headers: { ...BROWSER, ':authority': `${NAME}:8445` } }

t.test('the right one: its label, and the way on', async (t) => {
  const { visit, device, freshPath } = await setScene(t)
  const look = (query: string) => visit({ path: `/check?${query}`, headers: BROWSER })
  const page = await look(`from=enrollment&expect=${device.fingerprint}&return_to=https://shop.example/return`)
  t.equal(page.status, 200)
  t.equal(shownOn(page.text), 'enrolled')
  t.match(page.text, 'Laptop &lt;b&gt;&amp;&lt;/b&gt; &quot;co&quot;')
  t.equal(linkOn(page.text, 'onward'), 'https://shop.example/return')
  t.notMatch(page.text, 'action="/sign-out"', 'nothing distracts at the end of an enrollment')
  const plain = await look('')
  t.equal(shownOn(plain.text), 'good')
  t.match(plain.text, 'action="/sign-out"')
  t.match(linkOn(plain.text, 'again'), 'tried=evicted')

  const evil = await look('return_to=https://evil.example/return')
  t.equal(linkOn(evil.text, 'onward'), undefined)
  t.notMatch(evil.text, 'evil.example/return"')
  const ticket = freshPath().slice('/revalidate/'.length)
  t.equal(linkOn((await look(`ticket=${ticket}`)).text, 'onward'), `/revalidate/${ticket}`)
  t.equal(linkOn((await look('ticket=../x')).text, 'onward'), undefined)
})

t.test('the headers of a page with a script', async (t) => {
  const { visit } = await setScene(t)
  const { headers, text } = await visit({ path: '/check', headers: BROWSER })
  t.match(headers, {
    'content-security-policy':
      "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; " +
      `script-src 'self'; connect-src 'self' wss://${AUTHORITY}; require-trusted-types-for 'script'; trusted-types 'none'`,
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
  })
  t.notMatch(text, /<style| style=| on[a-z]+=/)
  const script = /<script type="module" src="([^"]+)"/.exec(text)![1]!
  const asset = await visit({ path: script })
  t.equal(asset.status, 200)
  t.notMatch(asset.text, /import |node:/)
})

t.test('another, none, held, revoked, expired: each has its page and its next click', async (t) => {
  const { house, visit, device, site, freshPath } = await setScene(t)
  const [phone, held, revoked] = [
    await enrollDevice(house, 'Phone'),
    await enrollDevice(house, 'Held'),
    await enrollDevice(house, 'Revoked'),
  ]
  const act = { at: house.clock.now(), actor: 'operator:test' } as const
  await house.store.run('hold', act, held.fingerprint)
  await house.store.run('revoke', act, revoked.fingerprint, 'superseded')
  const expect = `expect=${device.fingerprint}&return_to=${site.returnTo[0]}`
  for (const [shown, visitor] of [
    ['another', phone],
    ['held', held],
    ['revoked', revoked],
    ['none', undefined],
  ] as const) {
    const { text, status } = await visit({ path: `/check?${expect}`, device: visitor, headers: BROWSER })
    t.equal(status, 200)
    t.equal(shownOn(text), shown)
    t.match(linkOn(text, 'again'), /^\/check\?.*tried=evicted/)
    t.equal(linkOn(text, 'onward'), undefined, 'nobody is sent on')
    t.notMatch(text, 'Laptop', 'of certificates that are not shown nothing is told')
  }
  const none = await visit({ path: '/check', device: undefined, headers: BROWSER })
  t.match(none.text, 'data-at-once')
  const again = await visit({ path: linkOn(none.text, 'again')!, device: undefined, headers: BROWSER })
  t.notMatch(again.text, 'data-at-once', 'the page looks once more by itself, and no more')

  const foreign = await visit({ path: freshPath(), device: phone, headers: BROWSER })
  t.match(foreign.text, /href="\/check\?ticket=/, 'from a ticket’s page to the check, and back')
})

t.test('to another certificate, where the browser forgets: one click', async (t) => {
  const { house, visit, device } = await setScene(t)
  const phone = await enrollDevice(house, 'Phone')
  const first = await visit({ path: `/check?expect=${phone.fingerprint}`, device, headers: BROWSER })
  const second = await visit({ path: linkOn(first.text, 'again')!, device: phone, headers: BROWSER })
  t.equal(shownOn(second.text), 'good')
  t.equal(remarkOn(second.text), undefined)
})

t.test('where it does not: the fresh name, and a restart as the last resort', async (t) => {
  const { house, visit, device } = await setScene(t)
  const phone = await enrollDevice(house, 'Phone')
  const first = await visit({ path: `/check?expect=${phone.fingerprint}`, device, headers: BROWSER })
  const same = await visit({ path: linkOn(first.text, 'again')!, device, headers: BROWSER })
  t.equal(remarkOn(same.text), 'same', 'that nothing happened is seen')
  const fresh = new URL(linkOn(same.text, 'fresh')!)
  t.match(fresh.host, /^[0-9a-f]{16}\.check\.id\.test:8445$/)

  const atFresh = (visitor = phone, { pathname, search, hostname, host } = fresh) =>
    visit({
      path: pathname + search,
      name: hostname,
      device: visitor,
      headers: { ...BROWSER, ':authority': host },
    })
  const seen = await atFresh()
  t.equal(shownOn(seen.text), 'good')
  t.notMatch(seen.text, '<script', 'there is nothing to be forgotten under a fresh name')
  t.notMatch(seen.text, '/sign-out')
  t.equal(remarkOn((await atFresh(device)).text), 'same', 'the same one under a fresh name, too')
  const another = new URL(linkOn(seen.text, 'fresh')!)
  t.not(another.host, fresh.host)
  t.equal(remarkOn((await atFresh(device, another)).text), 'same', 'what was shown at home is not forgotten on the way')
  const home = linkOn(seen.text, 'go-on')!
  t.ok(home.startsWith(`${URL_OF_LISTENER}/check?`))

  const path = home.slice(URL_OF_LISTENER.length)
  t.equal(
    remarkOn((await visit({ path, device: phone, headers: BROWSER })).text),
    undefined,
    'it has come back with it',
  )
  const back = await visit({ path, device, headers: BROWSER })
  t.match(back.text, 'data-at-once')
  const last = await visit({ path: linkOn(back.text, 'again')!, device, headers: BROWSER })
  t.equal(remarkOn(last.text), 'restart')
  t.notMatch(last.text, 'data-at-once')
  const later = await visit({ path: linkOn(last.text, 'again')!, device: phone, headers: BROWSER })
  t.equal(remarkOn(later.text), undefined, 'after the restart it is well')
})

t.test('fresh names are for the check page and what it loads', async (t) => {
  const { visit, freshPath } = await setScene(t)
  const { text } = await visit({ path: '/check', ...FRESH })
  const sheet = /<link rel="stylesheet" href="([^"]+)"/.exec(text)![1]!
  t.equal((await visit({ path: sheet, ...FRESH })).status, 200)
  for (const path of [freshPath(), '/evict', '/', '/check/'])
    t.equal((await visit({ path, ...FRESH })).status, 421, path)
  t.equal((await visit({ path: '/sign-out', method: 'POST', ...FRESH })).status, 421)
  t.equal((await visit({ path: '/check', ...FRESH, name: HOST })).status, 421, 'on a connection to our own name')
  t.equal((await visit({ path: '/check', name: NAME, headers: BROWSER })).status, 421, 'and the other way round')
})

t.test('forgetting ends the connection behind its answer', async (t) => {
  const { house, port, device } = await setScene(t)
  const socket = await shakeHands(house.authority.issuers.root.pem, port, { device })
  const session = connect(URL_OF_LISTENER, { createConnection: () => socket })
  const ended = new Promise((resolve) => session.once('goaway', resolve))
  const stream = session.request({ ':path': '/evict' })
  const status = await new Promise((resolve) => stream.once('response', (head) => resolve(head[':status'])))
  stream.resume()
  t.equal(status, 204)
  await ended
})

t.test('whoever opens an invitation is told whose certificate he has already', async (t) => {
  const { house, visit, device } = await setScene(t)
  const token = 'A'.repeat(43)
  const { read } = createIntroductions(house)
  for (const [visitor, label] of [
    [device, 'Laptop <b>&</b> "co"'],
    [undefined, undefined],
  ] as const) {
    const { status, headers } = await visit({
      path: `/introduce/${token}?browser=b`,
      device: visitor,
      headers: BROWSER,
    })
    t.equal(status, 303)
    const back = new URL(headers.location!)
    t.equal(back.origin + back.pathname, `https://id.test:8444/enroll/${token}`)
    t.equal(read(back.searchParams.get('shown')!, { token, browser: 'b' })?.owner?.label, label)
  }
  const odd = await visit({ path: '/introduce/%2e%2e%2f%3fx%23', headers: BROWSER })
  t.match(odd.headers.location, /^https:\/\/id\.test:8444\/enroll\/[\w.%-]+\?shown=/, 'a token is one segment')
})

t.test('signing out', async (t) => {
  const { visit } = await setScene(t)
  const page = await visit({ path: '/sign-out', method: 'POST', headers: OWN_FORM, body: '' })
  t.equal(page.status, 200)
  t.match(page.headers['set-cookie'], [/^__Host-countersign-session=; .*Max-Age=0/])
  t.match(page.text, 'id="forget"')
  const foreign = { ...OWN_FORM, 'sec-fetch-site': 'cross-site', accept: '*/*' }
  t.equal(codeOf(await visit({ path: '/sign-out', method: 'POST', headers: foreign, body: '' })), 'cross-site')
})

function shownOn(page: string): string | undefined {
  return /data-shown="([^"]+)"/.exec(page)?.[1]
}

function remarkOn(page: string): string | undefined {
  return /data-remark="([^"]+)"/.exec(page)?.[1]
}

function linkOn(page: string, id: string): string | undefined {
  return new RegExp(`<a [^>]*id="${id}" href="([^"]+)"`).exec(page)?.[1]?.replaceAll('&amp;', '&')
}
