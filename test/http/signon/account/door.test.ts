import t from 'tap'
import { enrollDevice } from '../../../domain/house.ts'
import { BROWSER, codeOf, OWN_FORM } from '../../visitor.ts'
import { setScene } from '../scene.ts'
import { COOKIE_NAME, cookieOf, enter, passDoor, setOwner } from './owner.ts'

t.test('the door asks, and opens with a right answer', async (t) => {
  const scene = await setScene(t)
  const page = await scene.visit({ path: '/account/open?then=checks', headers: BROWSER })
  t.equal(page.status, 200)
  t.match(page.text, 'action="/account/open?then=checks"')
  t.match(page.text, 'Laptop &lt;b&gt;')
  t.notOk(page.headers['set-cookie'], 'looking opens nothing')
  const opened = await passDoor(scene, scene.device, 'checks')
  t.equal(opened.status, 303)
  t.equal(opened.headers.location, '/account/checks')
  t.match(opened.headers['set-cookie'], [`${COOKIE_NAME}=`])
  t.match(opened.headers['set-cookie']?.[0], /; Secure; HttpOnly; SameSite=Strict; Path=\/$/)
})

t.test('it leads nowhere but into the account', async (t) => {
  const scene = await setScene(t)
  for (const then of ['//evil.test', 'https://evil.test', '', 'constructor'])
    t.equal((await passDoor(scene, scene.device, encodeURIComponent(then))).headers.location, '/account')
})

t.test('wrong answers: the form again for people, a problem for programs', async (t) => {
  const scene = await setScene(t, { guessesPerMinute: 2 })
  const { accept: _accept, ...program } = OWN_FORM
  const send = (headers: Readonly<Record<string, string>>, body = 'check=totp&answer=000000') =>
    scene.visit({ path: '/account/open', method: 'POST', headers, body })
  const page = await send(OWN_FORM)
  t.equal(page.status, 403)
  t.match(page.text, /role="alert"/)
  t.notOk(page.headers['set-cookie'])
  t.equal(codeOf(await send(program)), 'check-failed')
  const wait = await send(OWN_FORM)
  t.equal(wait.status, 429)
  t.equal(wait.headers['retry-after'], '15')
  t.equal(codeOf(await send(program, 'check=dog&answer=1')), 'body-malformed')
  t.equal(codeOf(await send(program, 'check=totp')), 'body-malformed')
})

t.test('nobody comes in without a certificate, or with somebody else’s', async (t) => {
  const scene = await setScene(t)
  const nobody = await scene.visit({ path: '/account/open', headers: BROWSER, device: undefined })
  t.equal(nobody.status, 403)
  t.match(nobody.text, '<code>certificate-missing</code>')
  const other = await enrollDevice(scene.house)
  const body = scene.form()
  t.equal(
    (await scene.visit({ path: '/account/open', method: 'POST', headers: OWN_FORM, body, device: other })).status,
    403,
  )
})

t.test('a new proof ends the session before it', async (t) => {
  const owner = await setOwner(t)
  const next = cookieOf(await passDoor(owner.scene, owner.scene.device, 'devices', owner.cookie))
  t.ok(next)
  t.equal((await owner.get('/account')).headers.location, '/account/open?then=devices')
})

t.test('leaving ends it, and takes the cookie out', async (t) => {
  const owner = await setOwner(t)
  const left = await owner.post('/account/leave')
  t.equal(left.status, 200)
  t.equal(cookieOf(left), '')
  t.match(left.text, 'id="forget"', 'and the choice of a certificate is forgotten')
  t.equal((await owner.get('/account')).status, 303)
})

t.test('signing out of the browser ends the account, too', async (t) => {
  const owner = await setOwner(t)
  const headers = { ...OWN_FORM, cookie: `${COOKIE_NAME}=${owner.cookie}` }
  const out = await owner.scene.visit({ path: '/sign-out', method: 'POST', headers, body: '' })
  t.equal(cookieOf(out), '')
  t.equal((await owner.get('/account')).status, 303)
})

t.test('two people in two browsers: no cookie opens another’s account', async (t) => {
  const mine = await setOwner(t)
  const { scene } = mine
  const device = await enrollDevice(scene.house)
  const other = await enter(scene, device)
  const headers = { ...BROWSER, cookie: `${COOKIE_NAME}=${mine.cookie}` }
  t.equal((await scene.visit({ path: '/account', headers, device })).headers.location, '/account/open?then=devices')
  t.equal((await mine.get('/account')).status, 303, 'and whoever tries ends it')
  t.equal((await other.get('/account')).status, 200)
})
