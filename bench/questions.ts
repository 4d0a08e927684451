import { Population, Wanderer } from './population.ts'

/** What the generator asks, as data that crosses to its process. */
export type Questions =
  | { readonly kind: 'get' | 'post'; readonly template: Uint8Array; readonly count: number }
  | { readonly kind: 'batch'; readonly template: Uint8Array; readonly count: number; readonly size: number }
  | { readonly kind: 'issue'; readonly bodies: readonly string[] }

/** What a right answer looks like. */
export interface Expected {
  readonly status: number
  /** stands in the body … */
  readonly mark: string
  /** … so many times */
  readonly times: number
}

/** Requests, made beforehand as far as memory allows. */
export interface Requests {
  readonly expected: Expected
  /** The next one; the caller has sent it before it asks for another on the same lane. */
  next(lane: number): Buffer
}

/** @param host what the Host header says */
export function makeRequests(questions: Questions, host: string): Requests {
  if (questions.kind === 'issue') return inTurn(issuing(questions.bodies, host), ISSUED)
  const population = new Population(questions.template, questions.count)
  if (questions.kind === 'batch') return inBatches(population, questions.size, host)
  if (questions.kind === 'get') return byFingerprint(population, host)
  return inTurn(byCertificate(population, host), VALID)
}

const VALID: Expected = { status: 200, mark: '"verdict":"valid"', times: 1 }
const ISSUED: Expected = { status: 201, mark: '"fingerprint":"', times: 1 }
const HEX = 64

function byFingerprint(population: Population, host: string): Requests {
  const fingerprints = allFingerprints(population)
  const order = new Wanderer(population.count)
  const path = 'GET /v1/verdicts/'
  const lanes: Buffer[] = []
  return {
    expected: VALID,
    next(lane) {
      lanes[lane] ??= Buffer.from(`${path}${'0'.repeat(HEX)} HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
      const start = order.next() * HEX
      fingerprints.copy(lanes[lane], path.length, start, start + HEX)
      return lanes[lane]
    },
  }
}

/** Any number of them in one buffer, 64 octets each. */
function allFingerprints(population: Population): Buffer {
  const all = Buffer.alloc(population.count * HEX)
  for (let index = 0; index < population.count; index += 1)
    all.write(population.fingerprint(index).toString('hex'), index * HEX, 'latin1')
  return all
}

function byCertificate(population: Population, host: string): Buffer[] {
  return Array.from({ length: population.count }, (_, index) =>
    post('/v1/verdicts', host, 'application/pkix-cert', population.der(index)),
  )
}

function inBatches(population: Population, size: number, host: string): Requests {
  const fingerprints = allFingerprints(population)
  const order = new Wanderer(population.count)
  const batch = (): Buffer => {
    const queries = Array.from({ length: size }, () => {
      const start = order.next() * HEX
      return { fingerprint: fingerprints.toString('latin1', start, start + HEX) }
    })
    return post('/v1/verdicts/batch', host, 'application/json', Buffer.from(JSON.stringify({ queries })))
  }
  return { expected: { ...VALID, times: size }, next: batch }
}

function issuing(bodies: readonly string[], host: string): Buffer[] {
  return bodies.map((body) => post('/v1/certificates', host, 'application/json', Buffer.from(body)))
}

function inTurn(requests: readonly Buffer[], expected: Expected): Requests {
  const order = new Wanderer(requests.length)
  return { expected, next: () => requests[order.next()]! }
}

function post(path: string, host: string, type: string, body: Buffer): Buffer {
  const head = `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n`
  return Buffer.concat([Buffer.from(head), body])
}
