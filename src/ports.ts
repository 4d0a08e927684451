import { createServer } from 'node:net'
import { type Config, LISTENERS, type ListenerConfig } from './config.ts'

/**
 * Chooses a free port for each listener whose port is 0, before anything is made that names its address. An address
 * that was not set follows the port.
 */
export async function assignPorts(config: Config): Promise<Config> {
  const entries = await Promise.all(
    LISTENERS.map(async (name) => [name, await assignPort(config.listeners[name])] as const),
  )
  return Object.freeze({ ...config, listeners: Object.freeze(Object.fromEntries(entries)) as Config['listeners'] })
}

async function assignPort(listener: ListenerConfig): Promise<ListenerConfig> {
  if (listener.port !== 0) return listener
  const port = await freePort(listener.host)
  if (listener.urlIsSet) return { ...listener, port }
  const url = new URL(listener.url)
  url.port = String(port)
  return { ...listener, port, url: url.origin }
}

/** A port that nobody listens on at this moment. */
function freePort(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, host, () => {
      const address = probe.address()
      probe.close(() =>
        address !== null && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      )
    })
  })
}
