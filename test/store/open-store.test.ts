import { createServer } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { deriveKeyring } from '../../src/domain/keyring.ts'
import { openStore } from '../../src/store/open-store.ts'

const keyring = deriveKeyring(new Uint8Array(32))

t.test('a file is opened by the embedded store, and found again', async (t) => {
  const place = { engine: 'sqlite', file: join(t.testdir(), 'a.db') } as const
  const store = await openStore(place, keyring)
  await store.ping()
  await store.close()
  await (await openStore(place, keyring)).close()
})

t.test('a URL is asked as PostgreSQL; who does not answer is an unavailable store, and that is told', async (t) => {
  const asked: Buffer[] = []
  const server = createServer((socket) => socket.once('data', (bytes) => socket.destroy(void asked.push(bytes))))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const { port } = server.address() as { port: number }
  const told: object[] = []
  const log = { warn: (facts: object) => told.push(facts), error: (facts: object) => told.push(facts) }
  const place = { engine: 'postgres', url: `postgres://localhost:${port}/countersign` } as const
  await t.rejects(openStore(place, keyring, log), { code: 'store-unavailable' })
  t.ok(asked.length > 0)
})
