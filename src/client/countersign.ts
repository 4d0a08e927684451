import { Api } from './api.ts'
import type { Gate, GateOptions } from './gate.ts'
import { calling, quietly } from './hook.ts'
import { type FollowingServer, type Identity, identityOf, type OwnTls } from './identity.ts'
import { type Ended, Judging } from './judging.ts'
import { keepTick } from './lasting-tick.ts'
import { Listening, type SiteEvent } from './listening.ts'
import type { Identified, MiddlewareOptions } from './middleware.ts'
import { connectionOf, shownOn } from './proven-peer.ts'
import { type Peer, type ProxyOptions, proxiedPeer } from './proxied-peer.ts'
import type { RenewedPair } from './renewal.ts'
import { Upkeep, type UpkeepOptions } from './upkeep.ts'
import type { Verdict } from './verdict.ts'
import { askVerdict, type Wishes } from './verdict-question.ts'

export { CountersignError, type CountersignErrorCode } from './countersign-error.ts'
export { type TestingIdentity, testing } from './testing.ts'
export type { MissingVerdict, NeedsRevalidation, RevokedVerdict, ValidVerdict } from './verdict.ts'
export type {
  Ended,
  FollowingServer,
  GateOptions,
  Identified,
  Identity,
  MiddlewareOptions,
  OwnTls,
  ProxyOptions,
  RenewedPair,
  SiteEvent,
  Verdict,
  Wishes,
}

export interface CountersignOptions {
  /** the `api` listener, as in `https://id.example:8443` */
  readonly url: string
  /** your API certificate with its chain, PEM */
  readonly cert: string | Buffer
  readonly key: string | Buffer
  /** the authority's root, PEM */
  readonly ca: string | Buffer
  /** how old may be what a kept verdict rests on, ms; default 1,000. Beyond that each request is asked about */
  readonly bound?: number
  /** how long an answer may take, ms; default 2,000 */
  readonly timeout?: number
  /** how long a verdict is kept at most, ms; default 60,000 */
  readonly keep?: number
  /** how often is looked for a new issuer of browsers' certificates, and for the time to renew your own, ms; default an hour */
  readonly refresh?: number
  /**
   * Stores your next API certificate and its key, from two thirds of the present one's life on. It is used once this has
   * returned, or its promise is kept; the older one ends a week later. A promise that is not kept within a minute counts
   * as broken: the pair is offered again.
   */
  readonly renewed?: (pair: RenewedPair) => void | Promise<void>
  /** a proxy that ends the browsers' connections before your site does */
  readonly proxy?: ProxyOptions
  /** told of everything that the service tells of your people: end your own sessions here */
  readonly told?: (event: SiteEvent) => void
  /** told of each certificate that was let in here and is no longer */
  readonly ended?: (ended: Ended) => void
  /** told of what went wrong: a verdict that could not be had (the request is answered with 503), a renewal */
  readonly failed?: (error: unknown) => void
}

const BOUND = 1_000
const TIMEOUT = 2_000
const KEEP = 60_000
const REFRESH = 60 * 60_000
const CAPACITY = 100_000

/**
 * Begins: asks the service who you are, and listens to it.
 * @throws CountersignError when it does not answer, or does not accept your API certificate
 */
export async function countersign(options: CountersignOptions): Promise<Identity> {
  await keepTick()
  const { bound = BOUND, timeout = TIMEOUT, keep = KEEP, refresh = REFRESH } = options
  const { told = () => {}, ended = () => {} } = options
  const failed = quietly(options.failed)
  const peer = options.proxy ? proxiedPeer(options.proxy, failed) : HANDSHAKE
  const api = new Api({ ...options, timeout })
  const used = (pair: RenewedPair): void => listening?.use(pair)
  const upkeep = await beginUpkeep({ api, every: refresh, renewed: options.renewed, used, failed })
  const judging: Judging = new Judging({
    ...{ api, bound, keep, capacity: CAPACITY },
    reading: () => upkeep.self.reading,
    newReading: () => upkeep.newReading(),
    listening: () => listening,
    ended: calling(ended, failed),
  })
  let listening: Listening | undefined = listen(options, judging, calling(told, failed))
  const watching = setInterval(() => void judging.watch(), bound / 2).unref()
  const gate: Gate = {
    ...peer,
    judging,
    returnTo: () => upkeep.self.returnTo,
    checkPage: () => upkeep.self.checkPage,
    failed,
  }
  return identityOf(gate, {
    ask: async (certificate, wishes = {}) => (await askVerdict(api, certificate, wishes)).verdict,
    self: () => upkeep.self,
    follow: (follower) => upkeep.follow(follower),
    age: () => performance.now() - (listening?.provenAt ?? Number.NEGATIVE_INFINITY),
    close: () => {
      clearInterval(watching)
      upkeep.close()
      listening?.close()
      listening = undefined
      api.close()
    },
  })
}

const HANDSHAKE: Peer = { shown: shownOn, connection: connectionOf }

async function beginUpkeep(options: UpkeepOptions & { readonly api: Api }): Promise<Upkeep> {
  try {
    return await Upkeep.begin(options)
  } catch (error) {
    options.api.close()
    throw error
  }
}

function listen(options: CountersignOptions, judging: Judging, told: (event: SiteEvent) => void): Listening {
  return new Listening({
    ...options,
    told: (event) => {
      void judging.heard(event)
      told(event)
    },
    reset: () => void judging.reset(),
  })
}
