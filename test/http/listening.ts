import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import type { Test } from 'tap'
import { IdentityError } from '../../src/errors.ts'
import { createListener, type ListenerOptions } from '../../src/http/listener.ts'

/** A listener that is nobody's yet. */
export const BASE = { name: 'test', tls: undefined, authorities: [] } satisfies Omit<ListenerOptions, 'log'>

/** Opens one with some routes, on any port; it closes with the test. `lines` is its log, at its most talkative. */
export async function openListener(t: Test, wishes: Partial<ListenerOptions> = {}) {
  const lines: string[] = []
  const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) })
  const app = createListener({ ...BASE, log, ...wishes })
  app.get('/fine', () => ({ fine: true }))
  app.get('/long', (_request, reply) => reply.send(Buffer.alloc(2 ** 24)))
  app.get('/tickets/:ticket', () => ({ fine: true }))
  app.get('/refused', () => Promise.reject(new IdentityError('too-many-guesses', 'Wait a minute.', { wait: 90_000 })))
  app.get('/broken', () => Promise.reject(new Error('secret cause')))
  const body = { type: 'object', required: ['name'], properties: { name: { type: 'string' } } }
  app.post('/echo', { schema: { body } }, (request) => request.body)
  t.teardown(() => app.close())
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  return { app, port, lines, url: `http://127.0.0.1:${port}` }
}
