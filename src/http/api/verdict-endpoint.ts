import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Hex } from '../../domain/hex.ts'
import type { Asker } from '../../domain/site/asker.ts'
import type { SiteStatements } from '../../domain/trust/site-statements.ts'
import type { Verdicts } from '../../domain/verdict/verdicts.ts'
import { IdentityError } from '../../errors.ts'
import { peerFingerprint } from '../peer.ts'
import { readBody, sendProblem } from './exchange.ts'
import { type ReadQuery, readBatch, readDerQuery, readFingerprintQuery, readJsonQuery } from './query.ts'
import { MAX_QUERIES } from './schemas.ts'
import { type VerdictSigner, WaitingSigned, wantsSigned } from './signed-verdict.ts'
import { WaitingForTrust } from './trust-verdict.ts'
import { type Ends, WaitingBatch, WaitingQuestion } from './waiting.ts'

export interface VerdictEndpointOptions extends Ends {
  readonly verdicts: Verdicts
  /** the listener's own authority, `host:port` */
  readonly authority: string
  /** answers one question as a token, where the caller wants that */
  readonly signer: VerdictSigner
  /** what other sites say, for who asks for that too */
  readonly statements: Pick<SiteStatements, 'figure'>
}

/** Bytes. */
const BODY_LIMIT = 64 * 1024
const BATCH_LIMIT = 2 * 1024 * 1024
/** What the longest question of a full batch may have. */
const BYTES_OF_A_QUESTION = Math.floor(BATCH_LIMIT / MAX_QUERIES)

const PREFIX = '/v1/verdicts'
const BATCH = `${PREFIX}/batch`
const BELOW = `${PREFIX}/`

/**
 * The verdict's addresses, served on Node's own request and response: the router would cost a tenth of each answer.
 * Fastify's routes for the same addresses lead here too, so there is one way only.
 */
export class VerdictEndpoint {
  readonly #options: VerdictEndpointOptions

  constructor(options: VerdictEndpointOptions) {
    this.#options = options
  }

  /** True when the request was one of ours and will be answered; false leaves it untouched. */
  take(req: IncomingMessage, res: ServerResponse, host: string | undefined): boolean {
    if (!req.url?.startsWith(PREFIX)) return false
    const end = req.url.indexOf('?')
    const path = end === -1 ? req.url : req.url.slice(0, end)
    const search = end === -1 ? '' : req.url.slice(end + 1)
    const route = this.#route(path)
    if (!route) return false
    const { authority } = this.#options
    if (host !== authority && host?.toLowerCase() !== authority) {
      this.#refuse(res, new IdentityError('misdirected', `This listener answers for ${authority} only. Ask there.`))
      return true
    }
    const [method, answer] = route
    if (req.method === method) answer(req, res, path, search)
    else this.#refuseMethod(res, method)
    return true
  }

  /** The one method that an address takes, and what answers it. */
  #route(path: string) {
    if (path === PREFIX) return ['POST', this.#postOne] as const
    if (path === BATCH) return ['POST', this.#postBatch] as const
    if (path.startsWith(BELOW)) return ['GET', this.#getOne] as const
    return undefined
  }

  readonly #getOne = (req: IncomingMessage, res: ServerResponse, path: string, search: string): void => {
    try {
      this.#askOne(req, res, readFingerprintQuery(path.slice(PREFIX.length + 1), search))
    } catch (error) {
      this.#refusePaid(req, res, error)
    }
  }

  readonly #postOne = (req: IncomingMessage, res: ServerResponse, _path: string, search: string): void => {
    const type = mediaType(req)
    const read = Object.hasOwn(QUERY_READERS, type) ? QUERY_READERS[type] : undefined
    if (!read) {
      this.#refuse(
        res,
        new IdentityError('media-type-unsupported', `Send one of ${Object.keys(QUERY_READERS).join(', ')}.`),
      )
      return
    }
    const ask = (body: Buffer): void => {
      try {
        this.#askOne(req, res, read(body, search))
      } catch (error) {
        this.#refusePaid(req, res, error)
      }
    }
    const abandon = this.#withBody(req, res, BODY_LIMIT, ask)
    setImmediate(() => this.#holdBack(req, res, abandon))
  }

  /**
   * Nearly every question comes in one piece with its head, and its caller is judged with it. A body that takes longer
   * waits until its caller is judged: of whoever is refused, no more is read.
   */
  #holdBack(req: IncomingMessage, res: ServerResponse, abandon: () => void): void {
    if (req.complete || res.headersSent) return
    req.pause()
    const settle = (): void => void req.resume()
    const refuse = (error: unknown): void => {
      abandon()
      req.resume()
      this.#refuse(res, error)
    }
    this.#options.verdicts.ask({ caller: peerFingerprint(req.socket), queries: [], cost: 0, settle, refuse })
  }

  /** A large body costs memory before anything is known of it: whoever is refused sends none. */
  readonly #postBatch = (req: IncomingMessage, res: ServerResponse, _path: string, search: string): void => {
    if (mediaType(req) !== 'application/json') {
      this.#refuse(res, new IdentityError('media-type-unsupported', 'A batch is application/json.'))
      return
    }
    this.#onceJudged(req, res, 0, () => {
      this.#withBody(req, res, BATCH_LIMIT, (body) => this.#admitBatch(req, res, body, search))
    })
  }

  #askOne(req: IncomingMessage, res: ServerResponse, read: ReadQuery): void {
    this.#options.time(res)
    const { verdicts, signer, statements } = this.#options
    const caller = peerFingerprint(req.socket)
    if (read.trust) {
      if (wantsSigned(req.rawHeaders))
        throw new IdentityError('query-invalid', 'What sites say is not signed: it is read anew at each question.')
      verdicts.ask(new WaitingForTrust(this.#options, res, caller, read, statements))
    } else if (wantsSigned(req.rawHeaders)) verdicts.ask(new WaitingSigned(this.#options, res, caller, read, signer))
    else verdicts.ask(new WaitingQuestion(this.#options, res, caller, read))
  }

  /** To read a large body costs as much as many questions: whoever asks too much has none read, and pays for what is none. */
  #admitBatch(req: IncomingMessage, res: ServerResponse, body: Buffer, search: string): void {
    const cost = Math.ceil(body.length / BYTES_OF_A_QUESTION)
    this.#onceJudged(req, res, cost, (asker) => {
      const reads = readBatch(body, search)
      this.#options.verdicts.owe(asker, reads.length - cost)
      this.#askBatch(res, peerFingerprint(req.socket), reads)
    })
  }

  #askBatch(res: ServerResponse, caller: Hex | undefined, reads: readonly ReadQuery[]): void {
    const { verdicts, statements } = this.#options
    if (reads.some(({ trust }) => trust))
      verdicts.ask(new WaitingForTrust(this.#options, res, caller, reads, statements))
    else verdicts.ask(new WaitingBatch(this.#options, res, caller, reads))
  }

  #withBody(req: IncomingMessage, res: ServerResponse, limit: number, use: (body: Buffer) => void): () => void {
    return readBody(req, limit, use, (error) => this.#refuse(res, error))
  }

  /** What is no question counts as one: to be told so costs as much as an answer. */
  #refusePaid(req: IncomingMessage, res: ServerResponse, error: unknown): void {
    this.#onceJudged(req, res, 1, () => {
      throw error
    })
  }

  /** Judges the caller and counts so many questions for it; only then goes on. What is thrown there is refused. */
  #onceJudged(req: IncomingMessage, res: ServerResponse, cost: number, goOn: (asker: Asker) => void): void {
    const refuse = (error: unknown): void => this.#refuse(res, error)
    const settle = (asker: Asker): void => {
      try {
        goOn(asker)
      } catch (error) {
        refuse(error)
      }
    }
    this.#options.verdicts.ask({ caller: peerFingerprint(req.socket), queries: [], cost, settle, refuse })
  }

  /** https://www.rfc-editor.org/rfc/rfc9110#section-15.5.6 */
  #refuseMethod(res: ServerResponse, allowed: string): void {
    res.setHeader('Allow', allowed)
    this.#refuse(res, new IdentityError('method-not-allowed', `This address takes ${allowed} alone.`))
  }

  #refuse(res: ServerResponse, error: unknown): void {
    sendProblem(res, error, this.#options.complain)
  }
}

const QUERY_READERS: Readonly<Record<string, ((body: Uint8Array, search: string) => ReadQuery) | undefined>> = {
  'application/json': readJsonQuery,
  'application/pkix-cert': readDerQuery,
}

function mediaType(req: IncomingMessage): string {
  return (req.headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase()
}
