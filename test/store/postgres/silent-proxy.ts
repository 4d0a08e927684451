import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

export interface SilentProxy {
  /** the address of the database, through this proxy */
  readonly url: string
  /** From now on nothing passes in either direction, and nobody is told: neither closed nor refused. */
  fallSilent(): void
  /** New connections pass again; those that were silent stay so. */
  speak(): void
  close(): Promise<void>
}

/** A TCP proxy in front of a database that can fall silent as a broken network does. */
export async function startSilentProxy(databaseUrl: string): Promise<SilentProxy> {
  const target = new URL(databaseUrl)
  const pairs = new Set<readonly [Socket, Socket]>()
  let silent = false
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname)
    const pair = [near, far] as const
    pairs.add(pair)
    for (const [from, to] of [pair, [far, near]] as const) {
      from.on('data', (data) => to.write(data))
      from.on('error', () => to.destroy())
      from.on('close', () => {
        if (!silent) to.destroy()
      })
    }
    if (silent) mute(pair)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no address')
  const url = new URL(databaseUrl)
  url.port = String(address.port)

  return {
    url: url.href,
    fallSilent: () => {
      silent = true
      for (const pair of pairs) mute(pair)
    },
    speak: () => {
      silent = false
    },
    close: async () => {
      for (const socket of [...pairs].flat()) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** What arrives is swallowed, also the end of the connection: the other side learns nothing. */
function mute(pair: readonly [Socket, Socket]): void {
  for (const socket of pair) {
    socket.removeAllListeners('data')
    socket.removeAllListeners('close')
    socket.resume()
  }
}
