import type { FastifyReply } from 'fastify'
import { contentSecurityPolicy, sendPage } from '../../page-headers.ts'
import { renderDataPage, renderErasedPage, renderRenewalPage } from './data-page.ts'
import { ENDED_COOKIE } from './session-cookie.ts'
import { type AccountPages, goTo, type OwnRoute, type OwnVisit } from './visit.ts'

/** What concerns an account as a whole, and the next certificate of the device in hand. */
export const DATA_ROUTES: readonly OwnRoute[] = [
  { method: 'GET', address: '/account/data', needs: 'session', handler: show },
  { method: 'GET', address: '/account/data/countersign.json', needs: 'session', handler: take },
  { method: 'POST', address: '/account/data/erase', needs: 'fresh-proof', handler: erase },
  { method: 'GET', address: '/account/renew', needs: 'fresh-proof', handler: showRenewal },
  { method: 'POST', address: '/account/renew', needs: 'fresh-proof', handler: renew },
]

async function show(_pages: AccountPages, { session, frame, reply }: OwnVisit): Promise<FastifyReply> {
  return sendPage(reply, renderDataPage({ token: session.token, frame }))
}

async function take({ account }: AccountPages, { session, reply }: OwnVisit): Promise<FastifyReply> {
  const data = await account.data.take(session)
  return reply
    .type('application/json; charset=utf-8')
    .header('content-disposition', 'attachment; filename="countersign.json"')
    .send(`${JSON.stringify(data, undefined, 2)}\n`)
}

async function erase({ account }: AccountPages, { session, frame, reply }: OwnVisit): Promise<FastifyReply> {
  await account.data.erase(session)
  return sendPage(reply.header('set-cookie', ENDED_COOKIE), renderErasedPage(frame))
}

/** The 303 that follows the form's POST goes to the portal, which browsers hold against form-action. */
async function showRenewal({ portalUrl }: AccountPages, { session, frame, reply }: OwnVisit): Promise<FastifyReply> {
  const formAction = `'self' ${new URL(portalUrl).origin}`
  reply.header('content-security-policy', contentSecurityPolicy({ 'form-action': formAction }))
  return sendPage(reply, renderRenewalPage({ token: session.token, frame }))
}

async function renew({ account, portalUrl }: AccountPages, { session, reply }: OwnVisit): Promise<FastifyReply> {
  const { token } = await account.renewal.begin(session)
  return goTo(reply, `${portalUrl}/enroll/${token}`)
}
