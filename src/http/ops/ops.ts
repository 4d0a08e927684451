import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { Registry } from 'prom-client'
import { createListener } from '../listener.ts'

export interface OpsOptions {
  readonly log: FastifyBaseLogger
  readonly url: string
  readonly metrics: Pick<Registry, 'metrics' | 'contentType'>
  /** resolves when every listener is bound and the store answers; rejects with what is missing */
  readonly ready: () => Promise<void>
  /** the OpenAPI document of `api` */
  readonly openapi: object
}

/** For the operator's machine alone: readiness, liveness, metrics, the API's description. */
export function createOps(options: OpsOptions): FastifyInstance {
  const app = createListener({ name: 'ops', tls: undefined, authorities: [options.url], log: options.log })
  app.get('/livez', () => ({ live: true }))
  app.get('/readyz', async (_request, reply) => {
    try {
      await options.ready()
      return { ready: true }
    } catch (error) {
      return reply.status(503).send({ ready: false, reason: error instanceof Error ? error.message : 'unknown' })
    }
  })
  app.get('/metrics', async (_request, reply) =>
    reply.type(options.metrics.contentType).send(await options.metrics.metrics()),
  )
  app.get('/openapi.json', (_request, reply) => reply.send(options.openapi))
  return app
}
