import t from 'tap'
import { doorTo, purposeOf, ROOMS, roomOf } from '../../../../src/http/signon/account/visit.ts'
import { enrollDevice } from '../../../domain/house.ts'
import { BROWSER, codeOf, OWN_FORM } from '../../visitor.ts'
import { setScene } from '../scene.ts'
import { COOKIE_NAME, enter, setOwner } from './owner.ts'

t.test('every room leads to itself through the door', async (t) => {
  for (const [room, address] of Object.entries(ROOMS)) {
    t.equal(roomOf(address), room)
    t.equal(ROOMS[roomOf(doorTo(roomOf(address)))], address)
  }
  t.equal(roomOf('/account/devices/1/rename'), 'devices')
  t.equal(roomOf('/account/checks/add/totp'), 'checks')
  t.equal(purposeOf('pair'), 'device')
  t.equal(purposeOf('checks'), 'change')
})

t.test('who is not signed in: people are led to the door, programs are told', async (t) => {
  const scene = await setScene(t)
  const page = await scene.visit({ path: '/account/checks', headers: BROWSER })
  t.equal(page.status, 303)
  t.equal(page.headers.location, '/account/open?then=checks')
  const problem = await scene.visit({ path: '/account/checks' })
  t.equal(problem.status, 403)
  t.equal(codeOf(problem), 'session-missing')
})

t.test('a form without the session’s own token changes nothing', async (t) => {
  const owner = await setOwner(t)
  const other = await enter(owner.scene, await enrollDevice(owner.scene.house))
  for (const token of ['', 'x', other.token]) {
    const refused = await owner.post('/account/name', { token, name: 'Mallory' })
    t.equal(refused.status, 403)
    t.match(refused.text, '<code>form-outdated</code>')
  }
  const body = new URLSearchParams({ name: 'Mallory' }).toString()
  const headers = { ...OWN_FORM, cookie: `${COOKIE_NAME}=${owner.cookie}` }
  t.equal((await owner.scene.visit({ path: '/account/name', method: 'POST', headers, body })).status, 403)
  t.notMatch((await owner.get('/account')).text, 'Mallory')
})

t.test('another site’s page changes nothing, even with everything right', async (t) => {
  const owner = await setOwner(t)
  const body = new URLSearchParams({ token: owner.token, name: 'Mallory' }).toString()
  for (const foreign of [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'https://evil.test' },
  ]) {
    const headers = { ...OWN_FORM, cookie: `${COOKIE_NAME}=${owner.cookie}`, ...foreign }
    const refused = await owner.scene.visit({ path: '/account/name', method: 'POST', headers, body })
    t.equal(refused.status, 403)
    t.match(refused.text, '<code>cross-site</code>')
  }
})

t.test('what guards the account wants a fresh proof, and leads to the door for it', async (t) => {
  const owner = await setOwner(t)
  t.equal((await owner.get('/account/renew')).status, 200)
  owner.scene.house.clock.time += 10 * 60_000 + 1
  const stale = await owner.get('/account/renew')
  t.equal(stale.headers.location, '/account/open?then=renew')
  t.equal((await owner.get('/account')).status, 200, 'all else is still open')
  t.equal((await owner.post('/account/data/erase')).headers.location, '/account/open?then=data')
})

t.test('fields are read once, or not at all', async (t) => {
  const owner = await setOwner(t)
  t.match((await owner.post('/account/name')).text, '<code>body-malformed</code>')
  const twice = new URLSearchParams([
    ['token', owner.token],
    ['name', 'A'],
    ['name', 'B'],
  ]).toString()
  const headers = { ...OWN_FORM, cookie: `${COOKIE_NAME}=${owner.cookie}` }
  const refused = await owner.scene.visit({ path: '/account/name', method: 'POST', headers, body: twice })
  t.match(refused.text, '<code>body-malformed</code>')
})
