import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { type FastifyInstance, type FastifyRequest, fastify } from 'fastify'
import type { Test } from 'tap'
import { deriveKeyring } from '../../../src/domain/keyring.ts'
import { DEFAULT_POLICY } from '../../../src/domain/policy.ts'
import { createSecurityStreams } from '../../../src/domain/security-event/security-streams.ts'
import { type Asker, callerRefused } from '../../../src/domain/site/asker.ts'
import { EventFollower } from '../../../src/events/event-follower.ts'
import { createSecurityEventTokens } from '../../../src/events/security-event-token.ts'
import { toProblem } from '../../../src/http/problem.ts'
import { openSqliteStore } from '../../../src/store/sqlite/store.ts'
import { AUDIT_KEY, addSite, enroll, NOW, signInRow } from '../../store/samples.ts'

export const API = 'https://api.example:8443'
export const ISSUER = 'https://id.example'

/**
 * A store with somebody whom two sites have signed in, and all that stands behind the routes of their streams. Callers
 * say by a header who they are; who is in `refused` is refused.
 */
export async function openStreaming(t: Test) {
  const store = await openSqliteStore({ file: join(t.testdir(), 'countersign.db'), auditKey: AUDIT_KEY })
  const clock = { time: NOW, now: () => clock.time }
  const keyring = deriveKeyring(Buffer.alloc(32, 1))
  const owner = await enroll(store)
  const sites = { shop: await addSite(store, { name: 'shop' }), bank: await addSite(store, { name: 'bank' }) }
  for (const { id } of Object.values(sites)) await store.run('signIn', signInRow(id, owner.subscriberId))
  const events = new EventFollower({ store, monotonicNow: () => performance.now(), failed: () => {} })
  store.onAudit(() => events.nudge())
  t.teardown(async () => {
    events.close()
    await store.close()
  })
  const refused = new Set<string>()
  const judge = async (request: FastifyRequest): Promise<Asker> => {
    const name = String(request.headers['x-caller'] ?? 'shop') as keyof typeof sites
    if (refused.has(name)) throw callerRefused()
    return { site: sites[name], service: 'web', fingerprint: randomBytes(32).toString('hex') } as unknown as Asker
  }
  const options = {
    streams: createSecurityStreams({ store, clock, keyring, policy: DEFAULT_POLICY }),
    tokens: createSecurityEventTokens({ keyring, clock, issuer: ISSUER }),
    events,
    url: API,
    issuer: ISSUER,
  }
  const app = fastify({ ajv: { customOptions: { coerceTypes: false, removeAdditional: false } } })
  app.setErrorHandler((error, request, reply) => {
    const problem = toProblem(error, request.id)
    return reply.status(problem.status).send(JSON.stringify(problem))
  })
  t.teardown(() => app.close())
  return { ...options, store, clock, keyring, owner, sites, refused, judge, app }
}

export type Answer = { readonly status: number; readonly json: Record<string, unknown> }

/** @param caller whose certificate calls: `shop` or `bank` */
export function sender(app: FastifyInstance) {
  return async (
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    url: string,
    body?: object,
    caller = 'shop',
  ): Promise<Answer> => {
    const { statusCode, payload } = await app.inject({
      method,
      url,
      headers: { 'x-caller': caller },
      ...(body && { payload: body }),
    })
    return { status: statusCode, json: payload === '' ? {} : JSON.parse(payload) }
  }
}
