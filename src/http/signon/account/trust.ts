import type { FastifyReply } from 'fastify'
import { sendPage } from '../../page-headers.ts'
import { renderTrustPage } from './trust-page.ts'
import { type AccountPages, fieldOf, goTo, type OwnRoute, type OwnVisit, paramOf, ROOMS } from './visit.ts'

/** What sites say of an owner, and what he does about it. */
export const TRUST_ROUTES: readonly OwnRoute[] = [
  { method: 'GET', address: '/account/trust', needs: 'session', handler: show },
  { method: 'POST', address: '/account/trust/hide', needs: 'session', handler: setHidden(true) },
  { method: 'POST', address: '/account/trust/show', needs: 'session', handler: setHidden(false) },
  { method: 'POST', address: '/account/trust/:report/appeal', needs: 'session', handler: appeal },
]

async function show({ account }: AccountPages, { session, frame, reply }: OwnVisit): Promise<FastifyReply> {
  const view = await account.trust.view(session)
  return sendPage(reply, renderTrustPage({ ...view, token: session.token, frame }))
}

function setHidden(hidden: boolean): OwnRoute['handler'] {
  return async ({ account }, { session, reply }) => {
    await account.trust.hide(session, hidden)
    return goTo(reply, ROOMS.trust)
  }
}

async function appeal({ account }: AccountPages, visit: OwnVisit): Promise<FastifyReply> {
  await account.trust.appeal(visit.session, paramOf(visit, 'report'), fieldOf(visit, 'appeal'))
  return goTo(visit.reply, ROOMS.trust)
}
