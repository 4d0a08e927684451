import { createServer } from 'node:net'
import t from 'tap'
import { CEILINGS } from '../ca/profiles.ts'
import { LISTENERS, readConfig } from '../src/config.ts'
import { assignPorts } from '../src/ports.ts'

t.test('each listener without a port gets one that is free, and no two the same', async (t) => {
  const config = await assignPorts(configOf(LISTENERS.map((name) => [`${name.toUpperCase()}_LISTEN`, '127.0.0.1:0'])))
  const ports = LISTENERS.map((name) => config.listeners[name].port)
  t.equal(new Set(ports).size, LISTENERS.length)
  for (const port of ports) {
    const server = createServer()
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve))
    await new Promise((resolve) => server.close(resolve))
  }
  t.pass('all could be bound')
})

t.test('an address that was not set follows its port; one that was set stays; a port of one’s own stays', async (t) => {
  const { listeners } = await assignPorts(
    configOf([
      ['API_LISTEN', '127.0.0.1:0'],
      ['PORTAL_LISTEN', '[::1]:0'],
      ['PORTAL_URL', 'https://id.example'],
      ['SIGNON_URL', 'https://id.example:8445'],
      ['OPS_LISTEN', '127.0.0.1:0'],
    ]),
  )
  t.equal(listeners.api.url, `https://localhost:${listeners.api.port}`)
  t.equal(listeners.ops.url, `http://127.0.0.1:${listeners.ops.port}`)
  t.match(listeners.portal, { url: 'https://id.example', host: '::1' })
  t.not(listeners.portal.port, 0)
  t.match(listeners.signon, { url: 'https://id.example:8445', port: 8445 })
})

t.test('the certificate check goes where signon goes, unless it was set', async (t) => {
  const moved = await assignPorts(configOf([['SIGNON_LISTEN', '127.0.0.1:0']]))
  t.equal(moved.checkUrl, `https://*.check.localhost:${moved.listeners.signon.port}`)
  const set = 'https://*.check.id.example'
  const stays = await assignPorts(
    configOf([
      ['SIGNON_LISTEN', '127.0.0.1:0'],
      ['CHECK_URL', set],
    ]),
  )
  t.equal(stays.checkUrl, set)
})

t.test('a host that is none of this machine’s is told', async (t) => {
  await t.rejects(assignPorts(configOf([['API_LISTEN', '192.0.2.1:0']])), { code: 'EADDRNOTAVAIL' })
})

function configOf(settings: readonly (readonly [string, string])[]) {
  const env = Object.fromEntries(settings.map(([name, value]) => [`COUNTERSIGN_${name}`, value]))
  return readConfig({ env, defaultHome: '/home', ceilings: CEILINGS, readFile: () => '' })
}
