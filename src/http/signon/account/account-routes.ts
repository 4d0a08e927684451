import type { FastifyInstance } from 'fastify'
import { CHECK_LIST_ROUTES } from './checks.ts'
import { DATA_ROUTES } from './data.ts'
import { DEVICE_ROUTES } from './devices.ts'
import { DOOR_ROUTES, LEAVE_ROUTE } from './door.ts'
import { HISTORY_ROUTE } from './history.ts'
import { PAIRING_ROUTES } from './pairing.ts'
import { SITE_ROUTES } from './sites.ts'
import { TRUST_ROUTES } from './trust.ts'
import { type AccountPages, admit, type DoorRoute, type OwnRoute } from './visit.ts'

/** Every address of an account, and what each asks for. */
export const ACCOUNT_ROUTES: readonly (DoorRoute | OwnRoute)[] = [
  ...DOOR_ROUTES,
  LEAVE_ROUTE,
  ...DEVICE_ROUTES,
  ...PAIRING_ROUTES,
  ...SITE_ROUTES,
  ...TRUST_ROUTES,
  ...CHECK_LIST_ROUTES,
  HISTORY_ROUTE,
  ...DATA_ROUTES,
]

export function addAccount(app: FastifyInstance, pages: AccountPages): void {
  for (const route of ACCOUNT_ROUTES) {
    app.route({
      method: route.method,
      url: route.address,
      handler: (request, reply) => admit(pages, route, request, reply),
    })
  }
}
