import { lookup as resolveName } from 'node:dns/promises'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import type { LookupFunction } from 'node:net'
import { isPublicAddress, literalOf } from '../domain/security-event/push-address.ts'
import type { PushTarget } from '../domain/security-event/push-target.ts'
import { refusalOf } from '../domain/security-event/security-event.ts'

/**
 * What became of a token. `refused`: its receiver looked at it and does not want it; `failed`: there was no such answer.
 * Why, in words of ours: a receiver's own text is neither kept nor logged.
 */
export type PushOutcome = { readonly kind: 'taken' } | { readonly kind: 'refused' | 'failed'; readonly failure: string }

/** The addresses behind a name. */
export type Resolve = (name: string) => Promise<readonly { readonly address: string; readonly family: number }[]>

/** A receiver has this long, from the first packet to the end of his answer, ms. */
export const PUSH_TIMEOUT = 5_000

/** And of that so long for the address behind his name, ms: then a resolver that does not answer is told from him. */
const RESOLVE_TIMEOUT = 2_000

/** So much of an answer is read, bytes: a code fits into it. */
const MOST_READ = 8 * 1024

const resolveAll: Resolve = (name) => resolveName(name, { all: true })

/**
 * Pushes one token. No redirect is followed. Whoever names an address inside, or a name that leads there, now or later,
 * gets no connection: what is judged is the very address that is dialed.
 * https://www.rfc-editor.org/rfc/rfc8935#section-2
 * @param signal ends it early
 */
export async function pushToken(
  target: PushTarget,
  token: string,
  signal: AbortSignal,
  resolve: Resolve = resolveAll,
): Promise<PushOutcome> {
  const limit = AbortSignal.timeout(PUSH_TIMEOUT)
  try {
    const { hostname } = new URL(target.url)
    const literal = literalOf(hostname)
    if (literal !== undefined && !mayDial(target, literal)) throw new PrivateAddress()
    const response = await send(target, token, AbortSignal.any([signal, limit]), resolve)
    try {
      return await judge(response)
    } finally {
      response.destroy()
    }
  } catch (error) {
    return { kind: 'failed', failure: limit.aborted ? 'no answer in time' : failureOf(error) }
  }
}

class PrivateAddress extends Error {
  override readonly name = 'PrivateAddress'
  readonly code = 'PRIVATE_ADDRESS'
}

function mayDial({ allowPrivate }: PushTarget, address: string): boolean {
  return allowPrivate || isPublicAddress(address)
}

function send(target: PushTarget, token: string, signal: AbortSignal, resolve: Resolve): Promise<IncomingMessage> {
  return new Promise((settle, refuse) => {
    const sending = request(target.url, {
      method: 'POST',
      signal,
      // a connection of its own: none is kept that was judged another day
      agent: false,
      lookup: guarding(target, resolve),
      minVersion: 'TLSv1.2',
      // said, so that no variable of the environment says otherwise
      rejectUnauthorized: true,
      maxHeaderSize: MOST_READ,
      ...(target.anchors !== null && { ca: target.anchors }),
      headers: {
        'Content-Type': 'application/secevent+jwt',
        'Content-Length': Buffer.byteLength(token),
        Accept: 'application/json',
        ...(target.authorization !== null && { Authorization: target.authorization }),
      },
    })
    sending.once('response', settle)
    sending.on('error', refuse)
    sending.end(token)
  })
}

class SlowName extends Error {
  override readonly name = 'SlowName'
  /** as where the resolver itself gives up. https://nodejs.org/api/dns.html#error-codes */
  readonly code = 'ETIMEOUT'
}

/** What the system's resolver still does of it is nobody's any more: it cannot be ended. */
function inTime<T>(resolving: Promise<T>): Promise<T> {
  const up = Promise.withResolvers<never>()
  const timer = setTimeout(() => up.reject(new SlowName()), RESOLVE_TIMEOUT)
  return Promise.race([resolving, up.promise]).finally(() => clearTimeout(timer))
}

/** Resolves a name and hands on what may be dialed: nothing, where one of its addresses may not. */
function guarding(target: PushTarget, resolve: Resolve): LookupFunction {
  return (name, options, callback) => {
    const found = inTime(resolve(name)).then((addresses) => {
      if (addresses.length === 0 || !addresses.every(({ address }) => mayDial(target, address)))
        throw new PrivateAddress()
      return addresses
    })
    found.then(
      (addresses) =>
        options.all
          ? callback(
              null,
              addresses.map(({ address, family }) => ({ address, family })),
            )
          : callback(null, addresses[0]!.address, addresses[0]!.family),
      (error) => callback(error, ''),
    )
  }
}

/** Answers after which the same token may be taken yet. https://www.rfc-editor.org/rfc/rfc9110#section-15.5 */
const PASSING: readonly number[] = [408, 425, 429]

/** https://www.rfc-editor.org/rfc/rfc8935#section-2.2 and what follows it */
async function judge(response: IncomingMessage): Promise<PushOutcome> {
  const { statusCode = 0 } = response
  if (statusCode >= 200 && statusCode < 300) return { kind: 'taken' }
  if (statusCode === 400) return { kind: 'refused', failure: refusalOf(await codeIn(response)) }
  const refused = statusCode > 400 && statusCode < 500 && !PASSING.includes(statusCode)
  return { kind: refused ? 'refused' : 'failed', failure: `answered ${statusCode}` }
}

async function codeIn(response: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  let read = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    read += chunk.length
    if (read > MOST_READ) return undefined
    chunks.push(chunk)
  }
  try {
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString())
    return typeof body === 'object' && body !== null && 'err' in body ? body.err : undefined
  } catch {
    return undefined
  }
}

/** Codes of Node and OpenSSL, such as ECONNREFUSED and CERT_HAS_EXPIRED. */
const ERROR_CODE = /^[A-Z][A-Z0-9_]{2,59}$/

function failureOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && ERROR_CODE.test(error.code)
    ? error.code
    : 'failed'
}
