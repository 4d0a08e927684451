import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { connect } from 'node:tls'
import t from 'tap'
import { countersign, ended, spawnCommand } from '../e2e/cli.ts'
import { eventually } from '../e2e/eventually.ts'
import { agentOf, exchange } from '../e2e/exchange.ts'
import { makeHome, startService, TestService } from '../e2e/service.ts'

t.test('a second start keeps all that the first has made', async (t) => {
  const service = await startService(t)
  const sample = fingerprintOf(join(service.home, 'browser', 'cert.pem'))
  const ask = async () => {
    const agent = agentOf(service.anchor, service.identity('site'))
    const { json } = await exchange(`${service.address('api')}/v1/verdicts/${sample}`, { agent })
    agent.destroy()
    return json
  }
  const first = await ask()
  t.match(first, { verdict: 'valid' })
  await service.stop()
  await service.start()
  t.equal(fingerprintOf(join(service.home, 'browser', 'cert.pem')), sample)
  t.strictSame(await ask(), first)
})

t.test('Ctrl-C reaches every process of the terminal, and all are gone within 2 s', async (t) => {
  for (const workers of ['1', '2']) {
    const { place } = new TestService(makeHome(t), { settings: { COUNTERSIGN_WORKERS: workers } })
    const leader = spawnCommand(place, ['serve', '--dev', '--json'], true)
    const group = leader.pid!
    t.teardown(() => killGroup(group, 'SIGKILL'))
    await createInterface(leader.stdout!)[Symbol.asyncIterator]().next()
    t.ok(membersOf(group) >= 1 + Number(workers), 'the service has processes of its own')
    const pressed = performance.now()
    killGroup(group, 'SIGINT')
    await ended(leader)
    await eventually(
      () => membersOf(group),
      (count) => count === 0,
    )
    t.ok(performance.now() - pressed < 2_000, `ended after ${Math.round(performance.now() - pressed)} ms`)
    t.equal(leader.exitCode, 0)
  }
})

t.test('a start whose request processes cannot bind their port fails, and leaves nobody behind', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  t.teardown(() => taken.close())
  const { port } = taken.address() as AddressInfo
  const settings = { COUNTERSIGN_WORKERS: '2', COUNTERSIGN_API_LISTEN: `127.0.0.1:${port}` }
  const { place } = new TestService(makeHome(t), { settings })
  const leader = spawnCommand(place, ['serve', '--dev', '--json'], true)
  const group = leader.pid!
  t.teardown(() => killGroup(group, 'SIGKILL'))
  await ended(leader)
  t.equal(leader.exitCode, 1)
  await eventually(
    () => membersOf(group),
    (count) => count === 0,
  )
})

t.test('a home that is not there, and one in which nothing is, are told what makes one', async (t) => {
  const empty = makeHome(t)
  for (const home of [join(empty, 'nowhere'), empty]) {
    const { place } = new TestService(empty, { settings: { COUNTERSIGN_HOME: home } })
    const { code, stderr } = await countersign(place, 'serve')
    t.equal(code, 1)
    t.match(stderr, /countersign ca init/)
    t.notMatch(stderr, / at .*\.ts:/, 'and no stack')
  }
})

t.test('SIGTERM drains: a request under way is answered', async (t) => {
  const service = await startService(t)
  const { port } = new URL(service.address('api'))
  const socket = connect({
    port: Number(port),
    host: '127.0.0.1',
    servername: 'localhost',
    ca: service.anchor,
    ...service.identity('site'),
  })
  await once(socket, 'secureConnect')
  const body = JSON.stringify({ certificate: null })
  socket.write(
    `POST /v1/verdicts HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 5)}`,
  )
  // An answer on another connection shows that the server had its turn and holds the unfinished request.
  const agent = agentOf(service.anchor, service.identity('site'), { keepAlive: false })
  await exchange(`${service.address('api')}/v1/site`, { agent })
  process.kill(service.pid, 'SIGTERM')
  await eventually(
    () =>
      fetch(`${service.address('ops')}/livez`).then(
        () => true,
        () => false,
      ),
    (listening) => !listening,
  )
  socket.write(body.slice(5))
  const [answer] = await once(socket, 'data')
  t.match(String(answer), /^HTTP\/1\.1 200 [\s\S]*no-certificate/)
  await eventually(
    () => service.lives,
    (lives) => !lives,
  )
})

function fingerprintOf(file: string): string {
  return new X509Certificate(readFileSync(file)).fingerprint256.replaceAll(':', '').toLowerCase()
}

function killGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal)
  } catch {
    // nobody is left
  }
}

/** How many processes of a group live. */
function membersOf(group: number): number {
  const lines = execFileSync('ps', ['-eo', 'pgid=,stat=']).toString().split('\n')
  return lines.filter((line) => {
    const [pgid, state = ''] = line.trim().split(/\s+/)
    return Number(pgid) === group && !state.startsWith('Z')
  }).length
}
