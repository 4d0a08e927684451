import type { IncomingMessage } from 'node:http'
import { Agent, request } from 'node:https'
import { CountersignError } from './countersign-error.ts'
import { attemptTwice, Hedging } from './hedging.ts'

/** Your API certificate with its chain, and its key: PEM. */
export interface KeyPair {
  readonly cert: string | Buffer
  readonly key: string | Buffer
}

/** Where the service is, and who your site's service is to it: PEM. */
export interface ApiOptions extends KeyPair {
  /** the `api` listener, as in `https://id.example:8443` */
  readonly url: string
  /** the authority's root */
  readonly ca: string | Buffer
  /** how long an answer may take, ms */
  readonly timeout: number
}

export interface ApiQuestion {
  readonly body?: Uint8Array | string
  readonly type?: string
  /** the form of the answer that is wanted */
  readonly accept?: string
  readonly signal?: AbortSignal | undefined
  /** ms; default: that of the options */
  readonly timeout?: number
  /** it changes something, and so is not asked again */
  readonly once?: boolean
}

export interface ApiAnswer {
  readonly json: unknown
  /** the answer where it is a token, and no JSON */
  readonly token?: string | undefined
  /** the service's time when it answered, epoch ms, to the second; undefined: it did not say */
  readonly date: number | undefined
  /** when the question was sent, ms of `performance.now()` */
  readonly sentAt: number
}

/** What asks the service. */
export type Asks = Pick<Api, 'ask'>

/** Connections that live on, so that a question costs one round trip. */
const MOST_CONNECTIONS = 64
/** A batch of a thousand verdicts has half of it. Bytes. */
const MOST_ANSWERED = 1024 * 1024

/**
 * Asks the service, over mutual TLS. Reads that met a dead connection, or are slower than nearly all, are asked once more
 * on another connection.
 */
export class Api {
  readonly #options: ApiOptions
  readonly #hedging = new Hedging()
  #agent: Agent
  #closed = false

  constructor(options: ApiOptions) {
    this.#options = options
    this.#agent = agentOf(options, options)
  }

  /**
   * @param path as in `/v1/site`; with a body it is a POST
   * @throws CountersignError caller-refused, question-refused, unavailable, answer-unreadable, closed
   * @throws the reason of the question's own signal, where that was given up
   */
  async ask(path: string, question: ApiQuestion = {}): Promise<ApiAnswer> {
    if (this.#closed) throw new CountersignError('closed', 'Nobody can be signed in any more: it was closed.')
    question.signal?.throwIfAborted()
    const limit = AbortSignal.timeout(question.timeout ?? this.#options.timeout)
    const signal = question.signal ? AbortSignal.any([limit, question.signal]) : limit
    const attempt = (): Promise<ApiAnswer> => this.#send(path, question, signal)
    const isFinal = (error: unknown): boolean => error instanceof CountersignError || signal.aborted
    try {
      return await (question.once ? attempt() : attemptTwice(attempt, this.#hedging, isFinal))
    } catch (error) {
      question.signal?.throwIfAborted()
      throw unavailable(error)
    }
  }

  /** Shows this certificate from now on. What was asked before is answered on the connections that it was asked on. */
  use(pair: KeyPair): void {
    retire(this.#agent)
    this.#agent = agentOf(this.#options, pair)
  }

  /** Questions are refused from now on. */
  close(): void {
    this.#closed = true
    this.#agent.destroy()
  }

  async #send(path: string, { body, type, accept }: ApiQuestion, signal: AbortSignal): Promise<ApiAnswer> {
    const sentAt = performance.now()
    const headers = {
      ...(accept !== undefined && { accept }),
      ...(body !== undefined && { 'content-type': type, 'content-length': Buffer.byteLength(body) }),
    }
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const method = body === undefined ? 'GET' : 'POST'
      request(new URL(path, this.#options.url), { agent: this.#agent, method, headers, signal }, resolve)
        .once('error', reject)
        .end(body)
    })
    const text = await textOf(answer)
    this.#hedging.saw(performance.now() - sentAt)
    const isToken = answer.headers['content-type'] === TOKEN
    const json = isToken ? undefined : parse(text)
    if (answer.statusCode !== 200) throw refused(answer.statusCode, json)
    const date = Date.parse(answer.headers.date ?? '')
    return { json, token: isToken ? text : undefined, date: Number.isNaN(date) ? undefined : date, sentAt }
  }
}

/** https://www.rfc-editor.org/rfc/rfc7519#section-10.3.1 */
export const TOKEN = 'application/jwt'

/** Whoever answers in the service's place says who is let in: no variable of the environment may allow it. */
export const CHECKED = { rejectUnauthorized: true } as const

function agentOf({ ca }: Pick<ApiOptions, 'ca'>, { cert, key }: KeyPair): Agent {
  return new Agent({ ...CHECKED, cert, key, ca, keepAlive: true, maxSockets: MOST_CONNECTIONS, scheduling: 'lifo' })
}

/** Its connections end as soon as nothing is asked on them: `destroy()` would end those that wait for an answer, too. */
function retire(agent: Agent): void {
  agent.maxFreeSockets = 0
  for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy()
}
async function textOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > MOST_ANSWERED) throw new CountersignError('answer-unreadable', 'The answer is too long.')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new CountersignError('answer-unreadable', 'The answer is not JSON. Is this the address of `api`?', { cause })
  }
}

/** https://www.rfc-editor.org/rfc/rfc9457 */
function refused(status: number | undefined, json: unknown): CountersignError {
  const { code, detail } = (json ?? {}) as { code?: unknown; detail?: unknown }
  const problem = { problem: String(code) }
  const message = typeof detail === 'string' ? detail : `The service answered ${status}.`
  if (status === 403) return new CountersignError('caller-refused', message, problem)
  if (status !== undefined && status >= 400 && status < 500)
    return new CountersignError('question-refused', message, problem)
  return new CountersignError('unavailable', message, problem)
}

function unavailable(cause: unknown): CountersignError {
  if (cause instanceof CountersignError) return cause
  return new CountersignError('unavailable', 'Countersign does not answer. Nobody is signed in meanwhile.', { cause })
}
