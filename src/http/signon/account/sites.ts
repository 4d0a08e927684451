import type { FastifyReply } from 'fastify'
import { sendPage } from '../../page-headers.ts'
import { renderSitesPage } from './sites-page.ts'
import { type AccountPages, goTo, type OwnRoute, type OwnVisit, paramOf, ROOMS } from './visit.ts'

/** The sites that know an owner. */
export const SITE_ROUTES: readonly OwnRoute[] = [
  { method: 'GET', address: '/account/sites', needs: 'session', handler: list },
  { method: 'POST', address: '/account/sites/:site/forget', needs: 'session', handler: forget },
]

async function list({ account }: AccountPages, { session, frame, reply }: OwnVisit): Promise<FastifyReply> {
  const relations = await account.sites.list(session)
  return sendPage(reply, renderSitesPage({ relations, token: session.token, frame }))
}

async function forget({ account }: AccountPages, visit: OwnVisit): Promise<FastifyReply> {
  await account.sites.forget(visit.session, paramOf(visit, 'site'))
  return goTo(visit.reply, ROOMS.sites)
}
