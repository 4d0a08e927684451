import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { AnotherDevice } from '../../domain/account/another-device.ts'
import { IdentityError } from '../../errors.ts'
import { frameFor, type PageAssets } from '../page.ts'
import { contentSecurityPolicy, prefersHtml, sendPage } from '../page-headers.ts'
import { faceOf } from '../page-problem.ts'
import { toProblem } from '../problem.ts'
import { rateLimitHeaders } from '../rate-limit-headers.ts'
import { renderCodePage, renderWaitingPage } from './pairing-page.ts'

export interface PairingPages {
  readonly pairing: Pick<AnotherDevice, 'claim' | 'wait'>
  readonly plain: PageAssets
}

type PairingRoute = {
  Params: { token: string }
  Querystring: { code?: unknown }
  Body: URLSearchParams | undefined
}
type PairingRequest = FastifyRequest<PairingRoute>

/** The other device's side of adding it; the first one's is in the account. */
export const PAIRING_ROUTES = [
  { method: 'GET', address: '/pair', handler: show },
  { method: 'POST', address: '/pair', handler: claim },
  { method: 'GET', address: '/pair/:token', handler: wait },
] as const

/** Forms of the browser's own, since no script is needed here. */
export function addPairing(app: FastifyInstance, pages: PairingPages): void {
  void app.register(async (scope) => {
    scope.addHook('onRequest', async (_request, reply) => {
      reply.header('content-security-policy', contentSecurityPolicy())
    })
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
      done(null, new URLSearchParams(String(body)))
    })
    for (const { method, address, handler } of PAIRING_ROUTES) {
      scope.route<PairingRoute>({ method, url: address, handler: (request, reply) => handler(pages, request, reply) })
    }
  })
}

/** Longer ones are not repeated. */
const MAX_CODE_CHARS = 40

/** Looking uses nothing up: the address of the QR code may be opened by whatever scans it. */
async function show({ plain }: PairingPages, request: PairingRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { code } = request.query
  const given = typeof code === 'string' ? code.slice(0, MAX_CODE_CHARS) : ''
  return sendPage(reply, renderCodePage({ code: given }, frameFor(request, plain)))
}

async function claim(
  { pairing, plain }: PairingPages,
  request: PairingRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const code = readCode(request.body)
  try {
    return reply.redirect(`/pair/${await pairing.claim(code, request.ip)}`, 303)
  } catch (error) {
    const mendable = error instanceof IdentityError && MENDABLE.includes(error.code)
    if (!mendable || !prefersHtml(request.headers.accept)) throw error
    const problem = toProblem(error, request.id)
    const frame = frameFor(request, plain)
    reply.headers(rateLimitHeaders(problem, error))
    const view = { code: code.slice(0, MAX_CODE_CHARS), mishap: faceOf(problem, frame.language).text }
    return sendPage(reply.status(problem.status), renderCodePage(view, frame))
  }
}

/** Refusals after which the same form is the next step. */
const MENDABLE: readonly string[] = ['pairing-unusable', 'too-many-guesses'] satisfies IdentityError['code'][]

/** How often the page looks whether the number was chosen, seconds. */
const LOOK_AGAIN = 3

async function wait(
  { pairing, plain }: PairingPages,
  request: PairingRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { token } = request.params
  const waiting = await pairing.wait(token)
  if (waiting.state === 'confirmed') return reply.redirect(`/enroll/${token}`, 303)
  if (waiting.state === 'claimed') reply.header('refresh', String(LOOK_AGAIN))
  return sendPage(reply, renderWaitingPage(waiting, frameFor(request, plain)))
}

/** @throws IdentityError body-malformed */
function readCode(body: URLSearchParams | undefined): string {
  const [code, ...more] = body?.getAll('code') ?? []
  if (code !== undefined && more.length === 0) return code
  throw new IdentityError('body-malformed', 'Send a form with one "code".')
}
