import type { Agent, AgentOptions } from 'node:https'
import type { Site } from '../../src/domain/site/site.ts'
import { createSiteRegistry } from '../../src/domain/site/site-registry.ts'
import { makeOwnRequest } from '../../src/x509/own-request.ts'
import { agentOf, type Exchange, exchange, type Identity, type Reply } from './exchange.ts'
import type { Inside } from './inside.ts'
import type { TestService } from './service.ts'

/** A question as JSON. */
export interface Question {
  readonly certificate?: string | null
  readonly fingerprint?: string
  readonly return_to?: string
  readonly max_age?: number
}

/** A site's service, which asks over connections that live on. */
export class AskingService {
  readonly identity: Identity
  readonly agent: Agent
  readonly #api: string

  constructor(service: TestService, identity: Identity, options: AgentOptions = {}) {
    this.identity = identity
    this.agent = agentOf(service.anchor, identity, options)
    this.#api = service.address('api')
  }

  /** @param path as in `/v1/site` */
  send(path: string, rest: Omit<Exchange, 'agent'> = {}): Promise<Reply> {
    return exchange(this.#api + path, { agent: this.agent, ...rest })
  }

  /** @param search as in `?max_age=60` */
  byFingerprint(fingerprint: string, search = ''): Promise<Reply> {
    return this.send(`/v1/verdicts/${fingerprint}${search}`)
  }

  ask(question: Question): Promise<Reply> {
    return this.send('/v1/verdicts', { body: question })
  }

  askAll(queries: readonly Question[]): Promise<Reply> {
    return this.send('/v1/verdicts/batch', { body: { queries } })
  }

  /** The address to which the site would send the browser now. */
  async redirectFor(fingerprint: string, search = ''): Promise<string> {
    const { json } = await this.byFingerprint(fingerprint, search)
    if (json.verdict !== 'needs-revalidation') throw new Error(`no redirect: ${JSON.stringify(json)}`)
    return String(json.redirect)
  }
}

/** Registers a site, as the command line does. */
export function addSite({ store }: Inside, name: string, returnTo = [`https://${name}.example/back`]): Promise<Site> {
  const sites = createSiteRegistry({ store, clock: { now: () => Date.now() } })
  return sites.add('operator:cli', { name, returnTo })
}

/** Has a service of a site certified over the admin listener. */
export async function certify(service: TestService, site: string, name = 'web'): Promise<Certified> {
  const { key, request } = makeOwnRequest()
  const { status, json } = await service.administer('', { site, service: name, request: base64(request) })
  if (status !== 201) throw new Error(`not issued: ${JSON.stringify(json)}`)
  return {
    cert: String(json.certificate),
    key: key.export({ type: 'pkcs8', format: 'pem' }) as string,
    fingerprint: String(json.fingerprint),
  }
}

export interface Certified extends Identity {
  readonly fingerprint: string
}

export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}
