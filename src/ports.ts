import { createServer, type Server } from 'node:net'
import { type Config, defaultCheckUrl, LISTENERS, type ListenerConfig } from './config.ts'

/**
 * Chooses a free port for each listener whose port is 0, before anything is made that names its address. An address
 * that was not set follows the port.
 */
export async function assignPorts(config: Config): Promise<Config> {
  const probes = await Promise.all(LISTENERS.map((name) => probe(config.listeners[name])))
  const entries = LISTENERS.map((name, i) => [name, withPort(config.listeners[name], probes[i])] as const)
  // All are held until all are chosen, so that no two are the same.
  await Promise.all(probes.map((held) => held && new Promise((resolve) => held.close(resolve))))
  const listeners = Object.freeze(Object.fromEntries(entries)) as Config['listeners']
  return Object.freeze({ ...config, listeners, checkUrl: checkUrlAt(config, listeners.signon.url) })
}

/** The certificate check is `signon`'s: where its address was not set, it follows, too. */
function checkUrlAt({ checkUrl, listeners }: Config, signonUrl: string): string | undefined {
  return checkUrl === defaultCheckUrl(listeners.signon.url) ? defaultCheckUrl(signonUrl) : checkUrl
}

function withPort(listener: ListenerConfig, held: Server | undefined): ListenerConfig {
  const address = held?.address()
  if (!address || typeof address === 'string') return listener
  const { port } = address
  if (listener.urlIsSet) return { ...listener, port }
  const url = new URL(listener.url)
  url.port = String(port)
  return { ...listener, port, url: url.origin }
}

/** Holds a port that nobody else listens on; undefined: the listener has its own already. */
function probe({ host, port }: ListenerConfig): Promise<Server | undefined> {
  if (port !== 0) return Promise.resolve(undefined)
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, host, () => resolve(server))
  })
}
