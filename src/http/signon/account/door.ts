import type { FastifyReply } from 'fastify'
import type { AccountDoor } from '../../../domain/account/account-session.ts'
import { type Answer, CHECKS } from '../../../domain/proving/check.ts'
import { IdentityError } from '../../../errors.ts'
import { frameFor, html, renderPage } from '../../page.ts'
import { contentSecurityPolicy, prefersHtml, SCRIPTED_PAGE, sendPage } from '../../page-headers.ts'
import { toProblem } from '../../problem.ts'
import { rateLimitHeaders } from '../../rate-limit-headers.ts'
import { ACCOUNT_TEXTS } from '../../texts/account.ts'
import { sendSignedOut } from '../certificate-check.ts'
import { checkForms, type Mishap, type Refused } from '../check-forms.ts'
import { sessionCookie } from './session-cookie.ts'
import {
  type AccountPages,
  type DoorRoute,
  doorTo,
  fieldOf,
  goTo,
  type OwnRoute,
  type OwnVisit,
  purposeOf,
  ROOMS,
  roomOf,
  type Visit,
} from './visit.ts'

/** In and out. */
export const DOOR_ROUTES: readonly DoorRoute[] = [
  { method: 'GET', address: '/account/open', needs: 'certificate', handler: show },
  { method: 'POST', address: '/account/open', needs: 'certificate', handler: open },
]
export const LEAVE_ROUTE: OwnRoute = { method: 'POST', address: '/account/leave', needs: 'session', handler: leave }

async function show(pages: AccountPages, visit: Visit): Promise<FastifyReply> {
  return sendDoor(pages, visit)
}

async function open({ account, ...pages }: AccountPages, visit: Visit): Promise<FastifyReply> {
  const { request, reply, presented, cookie } = visit
  const room = roomOf(request.url)
  const answer = readAnswer(visit)
  try {
    const fresh = await account.sessions.open(presented, purposeOf(room), answer, cookie)
    return goTo(reply.header('set-cookie', sessionCookie(fresh)), ROOMS[room])
  } catch (error) {
    const mendable = error instanceof IdentityError && MENDABLE.includes(error.code)
    if (!mendable || !prefersHtml(request.headers.accept)) throw error
    return sendDoor({ account, ...pages }, visit, { problem: toProblem(error, request.id), error, check: answer.check })
  }
}

async function leave(pages: AccountPages, { cookie, request, reply }: OwnVisit): Promise<FastifyReply> {
  await pages.account.sessions.end(cookie)
  return sendSignedOut(pages, request, reply)
}

/** Refusals after which the same form is the next step. */
const MENDABLE: readonly string[] = ['check-failed', 'too-many-guesses'] satisfies IdentityError['code'][]

async function sendDoor(
  { account, assets, passkeyAssets }: AccountPages,
  { request, reply, presented }: Visit,
  mishap?: Refused,
): Promise<FastifyReply> {
  const room = roomOf(request.url)
  const door = await account.sessions.ask(presented, purposeOf(room))
  if (door.passkey) reply.header('content-security-policy', contentSecurityPolicy(SCRIPTED_PAGE))
  if (mishap) reply.status(mishap.problem.status).headers(rateLimitHeaders(mishap.problem, mishap.error))
  const frame = frameFor(request, door.passkey ? passkeyAssets : assets)
  return sendPage(reply, renderDoor(door, { address: doorTo(room), frame }, mishap))
}

function renderDoor(
  door: AccountDoor,
  { address, frame }: Pick<Parameters<typeof checkForms>[1], 'address' | 'frame'>,
  mishap?: Mishap,
): string {
  const texts = ACCOUNT_TEXTS[frame.language].door
  const main = html`<h1>${texts.heading}</h1>
<p class="lead">${texts.lead}</p>
<dl class="facts"><div><dt>${texts.device}</dt><dd><bdi>${door.label}</bdi></dd></div></dl>
${checkForms(door, { address, proceed: texts.proceed, frame }, mishap)}`
  return renderPage({ title: texts.title, frame, main })
}

/** @throws IdentityError body-malformed */
function readAnswer(visit: Visit): Answer {
  const named = fieldOf(visit, 'check')
  const check = CHECKS.find((name) => name === named)
  if (check) return { check, text: fieldOf(visit, 'answer'), address: visit.request.ip }
  throw new IdentityError('body-malformed', `Send a form with "check" (${CHECKS.join(' or ')}) and "answer".`)
}
