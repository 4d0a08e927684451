import type { FastifyReply } from 'fastify'
import { renderHistoryPage } from './history-page.ts'
import { type AccountPages, type OwnRoute, type OwnVisit, sendPage } from './visit.ts'

export const HISTORY_ROUTE: OwnRoute = {
  method: 'GET',
  address: '/account/history',
  needs: 'session',
  handler: show,
}

async function show({ account }: AccountPages, { session, frame, reply }: OwnVisit): Promise<FastifyReply> {
  const events = await account.history(session)
  return sendPage(reply, renderHistoryPage({ events, token: session.token, frame }))
}
