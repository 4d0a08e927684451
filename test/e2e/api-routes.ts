import { randomBytes } from 'node:crypto'
import { monthOf, monthText } from '../../src/domain/usage/month.ts'
import { makeOwnRequest } from '../../src/x509/own-request.ts'
import type { Exchange } from './exchange.ts'
import type { World } from './two-sites.ts'

/** A request, without the connection that it goes over. */
export interface Attempt extends Omit<Exchange, 'agent'> {
  readonly path: string
}

export interface Teaching {
  /** what of a site's may be named in it: the id of a person as that site knows him, its stream, or nothing */
  readonly names: keyof typeof STRANGE
  /** @param thing what is named */
  ask(thing: string, world: World): Attempt
  /** how its owner makes what others then try to reach; default: not at all */
  readonly arranges?: boolean
}

/** Something of the same kind that is nobody's. */
export const STRANGE = {
  subject: () => randomBytes(32).toString('base64url'),
  stream: () => randomBytes(16).toString('hex'),
  nothing: () => '',
} as const

/** the month that runs */
export const MONTH = () => monthText(monthOf(Date.now()))

/** What the first site calls its people, and says of them: nobody else's business. */
export const [ACCOUNT, REPORT] = ['known-to-alpha-as', 'said-by-alpha-alone']

/** What its owner puts there first is what others then try to reach. */
function ofSubject(method: 'GET' | 'PUT' | 'DELETE', what: string, body?: object): Teaching {
  return {
    names: 'subject',
    arranges: method === 'PUT',
    ask: (subject) => ({ method, path: `/v1/subjects/${subject}/${what}`, ...(body && { body }) }),
  }
}

function ofStream(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', what: string, rest: object = {}): Teaching {
  const search = method === 'GET' || method === 'DELETE'
  return {
    names: 'stream',
    ask: (stream_id) =>
      search
        ? { method, path: `/v1/ssf/${what}?stream_id=${stream_id}` }
        : { method, path: `/v1/ssf/${what}`, body: { stream_id, ...rest } },
  }
}

/** How each route is asked. A route that is not here makes the test fail. */
export const ROUTES: Readonly<Record<string, Teaching>> = {
  'GET /v1/site': { names: 'nothing', ask: () => ({ path: '/v1/site' }) },
  'POST /v1/site/certificate': {
    names: 'nothing',
    ask: () => ({
      path: '/v1/site/certificate',
      headers: { 'content-type': 'application/pkcs10' },
      body: makeOwnRequest().request,
    }),
  },
  'GET /v1/usage': { names: 'nothing', ask: () => ({ path: `/v1/usage?month=${MONTH()}` }) },
  'GET /v1/verdicts/{fingerprint}': {
    names: 'nothing',
    ask: (_, { people }) => ({ path: `/v1/verdicts/${people[0]!.fingerprint}?trust=1` }),
  },
  'POST /v1/verdicts': {
    names: 'nothing',
    ask: (_, { people }) => ({ path: '/v1/verdicts', body: { certificate: people[0]!.pem } }),
  },
  'POST /v1/verdicts/batch': {
    names: 'nothing',
    ask: (_, { people }) => ({
      path: '/v1/verdicts/batch',
      body: { queries: people.map(({ fingerprint }) => ({ fingerprint })) },
    }),
  },
  'GET /v1/forward-auth': {
    names: 'nothing',
    ask: (_, { people }) => ({
      path: '/v1/forward-auth',
      headers: { 'client-cert': `:${Buffer.from(people[0]!.der).toString('base64')}:` },
    }),
  },
  'PUT /v1/subjects/{subject}/account': ofSubject('PUT', 'account', { account: `${ACCOUNT} zoë` }),
  'DELETE /v1/subjects/{subject}/account': ofSubject('DELETE', 'account'),
  'PUT /v1/subjects/{subject}/trust': ofSubject('PUT', 'trust', { kind: 'known-person', days: 30 }),
  'GET /v1/subjects/{subject}/trust': ofSubject('GET', 'trust'),
  'DELETE /v1/subjects/{subject}/trust': ofSubject('DELETE', 'trust'),
  'PUT /v1/subjects/{subject}/intrusion': ofSubject('PUT', 'intrusion', { severity: 'abuse', message: REPORT }),
  'GET /v1/subjects/{subject}/intrusion': ofSubject('GET', 'intrusion'),
  'DELETE /v1/subjects/{subject}/intrusion': ofSubject('DELETE', 'intrusion'),
  'POST /v1/ssf/streams': { names: 'nothing', ask: () => ({ path: '/v1/ssf/streams', body: {} }) },
  'GET /v1/ssf/streams': ofStream('GET', 'streams'),
  'POST /v1/ssf/verify': ofStream('POST', 'verify'),
  'PATCH /v1/ssf/streams': ofStream('PATCH', 'streams', { description: 'mine now' }),
  'PUT /v1/ssf/streams': ofStream('PUT', 'streams', { description: 'mine now' }),
  'GET /v1/ssf/status': ofStream('GET', 'status'),
  'POST /v1/ssf/status': ofStream('POST', 'status', { status: 'paused' }),
  'DELETE /v1/ssf/streams': ofStream('DELETE', 'streams'),
  'POST /v1/ssf/poll': {
    names: 'nothing',
    ask: (_, { alpha }) => ({ path: '/v1/ssf/poll', body: { returnImmediately: true, ack: alpha.tokens } }),
  },
}

/** These never end by themselves, and are read in a way of their own below. */
export const STREAMS = ['GET /v1/events']
