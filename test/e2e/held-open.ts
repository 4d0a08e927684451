import { connect as connectHttp2, constants } from 'node:http2'
import { type Agent, get } from 'node:https'
import { connect, type TLSSocket } from 'node:tls'
import type { Test } from 'tap'
import type { CountersignedSite } from './countersigned-site.ts'
import type { Identity } from './exchange.ts'
import type { TestService } from './service.ts'

/** Opens one of each; what comes back names those that still are. */
export async function openAll(t: Test, service: TestService, site: CountersignedSite, device: Identity) {
  const anchor = { ca: service.anchor, cert: device.cert, key: device.key }
  const open = new Set<string>()
  const watch = (name: string, thing: { once(event: 'close', gone: () => void): unknown }): void => {
    open.add(name)
    thing.once('close', () => open.delete(name))
  }
  await new Promise<void>((resolve, reject) => {
    const request = get(`${site.http1}/stream`, { ...anchor, agent: false }, (answer) => {
      watch(
        'stream',
        answer.on('error', () => {}),
      )
      answer.once('data', () => resolve())
    })
    request.on('error', reject)
    t.teardown(() => request.destroy())
  })
  await new Promise<void>((resolve) => {
    const socket: TLSSocket = connect({ ...anchor, host: 'localhost', port: Number(new URL(site.http1).port) })
    socket.on('error', () => {})
    socket.write('GET /live HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
    socket.once('data', (data) => {
      if (data.toString().startsWith('HTTP/1.1 101')) watch('WebSocket', socket)
      resolve()
    })
    t.teardown(() => socket.destroy())
  })
  const session = connectHttp2(site.http2, anchor)
  session.on('error', () => {})
  t.teardown(() => session.destroy())
  await new Promise<void>((resolve) => {
    const stream = session.request({ [constants.HTTP2_HEADER_PATH]: '/stream' })
    stream.on('error', () => {})
    stream.once('response', ({ ':status': status }) => {
      if (status === 200) watch('HTTP/2', session)
      resolve()
    })
  })
  return () => [...open]
}

/** Begins an answer that does not end by itself, of a site behind a proxy; its first piece has come. */
export function openStream(t: Test, address: string, agent: Agent): Promise<{ isOpen: () => boolean }> {
  return new Promise((resolve, reject) => {
    const request = get(address, { agent, headers: { host: 'shop.example' } }, (answer) => {
      let open = answer.statusCode === 200
      answer
        .on('error', () => {})
        .once('close', () => {
          open = false
        })
      answer.once('data', () => resolve({ isOpen: () => open }))
    })
    request.on('error', reject)
    t.teardown(() => request.destroy())
  })
}
