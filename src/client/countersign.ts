import { Api } from './api.ts'
import { CountersignError } from './countersign-error.ts'
import type { GateOptions } from './gate.ts'
import { type Identity, identityOf, type Self } from './identity.ts'
import { type Ended, Judging } from './judging.ts'
import { Listening, type SiteEvent } from './listening.ts'
import type { Identified, MiddlewareOptions } from './middleware.ts'
import { shownOn } from './proven-peer.ts'
import { fieldsOf, requireText, type Verdict } from './verdict.ts'
import { askVerdict, type Wishes } from './verdict-question.ts'

export { CountersignError, type CountersignErrorCode } from './countersign-error.ts'
export { type TestingIdentity, testing } from './testing.ts'
export type { MissingVerdict, NeedsRevalidation, RevokedVerdict, ValidVerdict } from './verdict.ts'
export type { Ended, GateOptions, Identified, Identity, MiddlewareOptions, SiteEvent, Verdict, Wishes }

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
  /** told of everything that the service tells of your people: end your own sessions here */
  readonly told?: (event: SiteEvent) => void
  /** told of each certificate that was let in here and is no longer */
  readonly ended?: (ended: Ended) => void
  /** told of what kept a verdict away; the request is answered with 503 */
  readonly failed?: (error: unknown) => void
}

const BOUND = 1_000
const TIMEOUT = 2_000
const KEEP = 60_000
const CAPACITY = 100_000

/**
 * Begins: asks the service who you are, and listens to it.
 * @throws CountersignError when it does not answer, or does not accept your API certificate
 */
export async function countersign(options: CountersignOptions): Promise<Identity> {
  const {
    bound = BOUND,
    timeout = TIMEOUT,
    keep = KEEP,
    told = () => {},
    ended = () => {},
    failed = () => {},
  } = options
  const api = new Api({ ...options, timeout })
  const self = await describeSelf(api)
  const judging: Judging = new Judging({
    ...{ api, bound, keep, capacity: CAPACITY },
    listening: () => listening,
    ended: calling(ended, failed),
  })
  let listening: Listening | undefined = listen(options, judging, calling(told, failed))
  const watching = setInterval(() => void judging.watch(), bound / 2).unref()
  const gate = { shown: shownOn, judging, returnTo: self.returnTo, failed }
  return identityOf(gate, self, {
    ask: async (certificate, wishes = {}) => (await askVerdict(api, certificate, wishes)).verdict,
    age: () => performance.now() - (listening?.provenAt ?? Number.NEGATIVE_INFINITY),
    close: () => {
      clearInterval(watching)
      listening?.close()
      listening = undefined
      api.close()
    },
  })
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

/** What your own code throws must not stop what ends a person. */
function calling<T>(hook: (value: T) => void, failed: (error: unknown) => void): (value: T) => void {
  return (value) => {
    try {
      hook(value)
    } catch (error) {
      failed(error)
    }
  }
}

async function describeSelf(api: Api): Promise<Self> {
  try {
    const fields = fieldsOf((await api.ask('/v1/site')).json)
    const { return_to: returnTo, min_max_age: minMaxAge } = fields
    if (!Array.isArray(returnTo)) throw new CountersignError('answer-unreadable', 'The answer has no return_to.')
    return {
      returnTo: returnTo.map(String),
      browserIssuer: requireText(fields.browser_issuer, 'browser_issuer'),
      minMaxAge: Number(minMaxAge),
    }
  } catch (error) {
    api.close()
    throw error
  }
}
