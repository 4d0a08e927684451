import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { IdentityError } from '../../errors.ts'
import { PROBLEM_MEDIA_TYPE, type Problem, toProblem } from '../problem.ts'

/** Told of each problem that is our own fault, with its cause. */
export type Complain = (problem: Problem, cause: unknown) => void

const JSON_TYPE = 'application/json'

/** Sends a verdict. Never stored by anyone on the way. */
export function sendJson(res: ServerResponse, text: string): void {
  if (res.destroyed) return
  res.writeHead(200, {
    'Content-Type': JSON_TYPE,
    'Cache-Control': 'no-store',
    'Content-Length': Buffer.byteLength(text),
  })
  res.end(text)
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
  })
  res.end(text)
}

/**
 * Reads a body.
 * @param limit bytes
 * @param done called once with the whole body; not called when the peer goes away in the middle
 * @param fail called once with IdentityError body-too-large
 */
export function readBody(
  req: IncomingMessage,
  limit: number,
  done: (body: Buffer) => void,
  fail: (error: IdentityError) => void,
): void {
  const tooLarge = () => fail(new IdentityError('body-too-large', `The body may have ${limit} bytes at most.`))
  if (Number(req.headers['content-length'] ?? 0) > limit) {
    tooLarge()
    return
  }
  const chunks: Buffer[] = []
  let length = 0
  req.on('data', (chunk: Buffer) => {
    length += chunk.length
    if (length <= limit) chunks.push(chunk)
    else if (length - chunk.length <= limit) tooLarge()
  })
  req.on('end', () => {
    if (length <= limit) done(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks))
  })
}
