import type { FastifyReply } from 'fastify'
import { sendPage } from '../../page-headers.ts'
import { renderHistoryPage } from './history-page.ts'
import type { AccountPages, OwnRoute, OwnVisit } from './visit.ts'

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
