import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { AggregatorRegistry, type PrometheusContentType, type Registry } from 'prom-client'
import { type Config, LISTENERS } from './config.ts'
import type { IssuerName } from './domain/certificate/certificate.ts'
import { IdentityError } from './errors.ts'

/** What a request process has signed by the one process that holds the signer. */
export interface Signing {
  signCertificate(issuer: IssuerName, profile: string, tbs: Uint8Array): Promise<Uint8Array>
}

type Ask = { readonly kind: 'sign'; readonly id: number; readonly args: Parameters<Signing['signCertificate']> }
type Told = { readonly kind: 'serving' } | Ask
type Answer =
  | { readonly kind: 'signed'; readonly id: number; readonly signature: Uint8Array }
  | { readonly kind: 'not-signed'; readonly id: number; readonly refused: boolean; readonly message: string }

/** A worker that ends by itself is replaced after this pause, ms. */
const PAUSE = 500

export interface Workers {
  /** rejects while one of them does not serve */
  ready(): Promise<void>
  close(): Promise<void>
}

/** Starts the request processes and keeps their number. They share the listeners' ports, and sign through this process. */
export async function startWorkers(config: Config, signing: Signing): Promise<Workers> {
  cluster.setupPrimary({ serialization: 'advanced' })
  // Each worker accepts by itself: handing connections on costs a fifth of a handshake.
  cluster.schedulingPolicy = cluster.SCHED_NONE
  const serving = new Set<Worker>()
  let closing = false
  const start = (): Worker => {
    const worker = cluster.fork(addressesOf(config))
    worker.on('message', (told: Told) => {
      if (told.kind === 'serving') serving.add(worker)
      if (told.kind === 'sign') void answer(worker, signing, told)
    })
    worker.once('exit', () => {
      serving.delete(worker)
      if (!closing) setTimeout(() => void (closing || start()), PAUSE)
    })
    return worker
  }
  const close = async (): Promise<void> => {
    closing = true
    await Promise.all(Object.values(cluster.workers ?? {}).map((worker) => worker && end(worker)))
  }
  try {
    await Promise.all(Array.from({ length: config.workers }, () => untilServing(start())))
  } catch (error) {
    // Whoever cannot begin is not begun again and again: the start has failed, and its operator is told.
    await close()
    throw error
  }
  return {
    async ready() {
      if (serving.size < config.workers)
        throw new Error(`${config.workers - serving.size} request processes do not serve yet`)
    },
    close,
  }
}

async function end(worker: Worker): Promise<void> {
  // It stays in the list until its channel is closed, too.
  if (worker.isDead()) return
  const ended = once(worker, 'exit')
  worker.process.kill('SIGTERM')
  await ended
}

/** True in a request process. */
export function isWorker(): boolean {
  return cluster.isWorker
}

/** In a request process: signing by the primary. */
export function signingByPrimary(): Signing {
  const waiting = new Map<number, { resolve: (signature: Uint8Array) => void; reject: (error: Error) => void }>()
  let last = 0
  process.on('message', (answer: Answer) => {
    const asked = waiting.get(answer.id)
    waiting.delete(answer.id)
    if (answer.kind === 'signed') asked?.resolve(answer.signature)
    else asked?.reject(new IdentityError(answer.refused ? 'signer-refused' : 'signer-unavailable', answer.message))
  })
  return {
    signCertificate: (...args) =>
      new Promise((resolve, reject) => {
        const id = ++last
        waiting.set(id, { resolve, reject })
        process.send?.({ kind: 'sign', id, args } satisfies Ask)
      }),
  }
}

/** In a request process: tells the primary that it serves. */
export function tellServing(): void {
  process.send?.({ kind: 'serving' } satisfies Told)
}

/** In a request process: its figures are summed up by the primary. */
export function shareMetrics(own: Registry): Registry {
  AggregatorRegistry.setRegistries([own])
  new AggregatorRegistry()
  return own
}

/** In the primary: the figures of all request processes. */
export function sharedMetrics(): Pick<Registry, 'metrics' | 'contentType'> {
  const all = new AggregatorRegistry<PrometheusContentType>()
  return { contentType: all.contentType, metrics: () => all.clusterMetrics() }
}

async function answer(worker: Worker, signing: Signing, { id, args }: Ask): Promise<void> {
  const reply = await signing.signCertificate(...args).then(
    (signature): Answer => ({ kind: 'signed', id, signature }),
    (error: unknown): Answer => ({
      kind: 'not-signed',
      id,
      refused: error instanceof IdentityError && error.code === 'signer-refused',
      message: error instanceof IdentityError ? error.message : 'The signer does not answer.',
    }),
  )
  if (worker.isConnected()) worker.send(reply)
}

/** The worker reads the same configuration; only the ports that were chosen here it must be told. */
function addressesOf(config: Config): Record<string, string> {
  const entries = LISTENERS.flatMap((name) => {
    const { url, host, port } = config.listeners[name]
    const prefix = `COUNTERSIGN_${name.toUpperCase()}`
    return [
      [`${prefix}_URL`, url],
      [`${prefix}_LISTEN`, host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`],
    ]
  })
  return { COUNTERSIGN_HOME: config.home, ...Object.fromEntries(entries) }
}

function untilServing(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.on('message', (told: Told) => {
      if (told.kind === 'serving') resolve()
    })
    worker.once('exit', (code) =>
      reject(
        new IdentityError('internal', `A request process ended with code ${code} before it served; the log says why.`),
      ),
    )
  })
}
