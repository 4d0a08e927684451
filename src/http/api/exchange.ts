import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { IdentityError } from '../../errors.ts'
import { PROBLEM_MEDIA_TYPE, type Problem, toProblem } from '../problem.ts'
import { rateLimitHeaders } from '../rate-limit-headers.ts'

/** Told of each problem that is our own fault, with its cause. */
export type Complain = (problem: Problem, cause: unknown) => void

const JSON_TYPE = 'application/json'

/**
 * What is handed to a connection at once, bytes. Node stops its parser when a request arrives while the connection owes
 * more than its high-water mark (64 KiB); over TLS the rest of that request's body reaches the stopped parser all the
 * same, and the connection ends as malformed (HPE_PAUSED). So no answer of ours ever owes as much.
 */
const PIECE = 32 * 1024

/**
 * Sends a verdict. Never stored by anyone on the way.
 * @param encoding `latin1` where the text is ASCII for certain: nobody has to count its bytes then
 */
export function sendJson(res: ServerResponse, text: string, encoding: 'utf8' | 'latin1' = 'utf8'): void {
  if (res.destroyed) return
  const length = encoding === 'latin1' ? text.length : Buffer.byteLength(text)
  res.writeHead(200, { 'Content-Type': JSON_TYPE, 'Cache-Control': 'no-store', 'Content-Length': length })
  if (length <= PIECE) res.end(text, encoding)
  else sendPieces(res, Buffer.from(text, encoding))
}

/** Each piece waits until the connection has taken the one before. */
function sendPieces(res: ServerResponse, bytes: Buffer): void {
  if (bytes.length <= PIECE) {
    res.end(bytes)
    return
  }
  res.write(bytes.subarray(0, PIECE), (error) => {
    if (!error) sendPieces(res, bytes.subarray(PIECE))
  })
}

/** Sends a refusal. With 403 the connection ends: whoever holds a refused certificate has nothing more to ask. */
export function sendProblem(res: ServerResponse, error: unknown, complain: Complain): void {
  const problem = toProblem(error, randomUUID())
  if (problem.status >= 500) complain(problem, error)
  if (res.destroyed) return
  const text = JSON.stringify(problem)
  const ends = problem.code === 'caller-refused' || problem.code === 'body-too-large'
  res.writeHead(problem.status, {
    'Content-Type': PROBLEM_MEDIA_TYPE,
    'Cache-Control': 'no-store',
    'Content-Length': Buffer.byteLength(text),
    ...(ends && { Connection: 'close' }),
    ...(problem.status === 503 && { 'Retry-After': '1' }),
    ...rateLimitHeaders(problem, error),
  })
  res.end(text)
}

/**
 * Reads a body.
 * @param limit bytes
 * @param done called once with the whole body; not called when the peer goes away in the middle
 * @param fail called once with IdentityError body-too-large
 * @returns abandons it: nothing is called any more, and what still comes is kept nowhere
 */
export function readBody(
  req: IncomingMessage,
  limit: number,
  done: (body: Buffer) => void,
  fail: (error: IdentityError) => void,
): () => void {
  const tooLarge = () => fail(new IdentityError('body-too-large', `The body may have ${limit} bytes at most.`))
  if (Number(req.headers['content-length'] ?? 0) > limit) {
    tooLarge()
    return () => {}
  }
  const chunks: Buffer[] = []
  let length = 0
  let wanted = true
  req.on('data', (chunk: Buffer) => {
    if (!wanted) return
    length += chunk.length
    if (length <= limit) chunks.push(chunk)
    else if (length - chunk.length <= limit) tooLarge()
  })
  req.on('end', () => {
    if (wanted && length <= limit) done(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks))
  })
  return () => {
    wanted = false
    chunks.length = 0
  }
}
