import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { createAnotherDevice } from '../../../src/domain/account/another-device.ts'
import { createAppleProfiles } from '../../../src/domain/enrollment/apple-profile.ts'
import { createIntroductions } from '../../../src/domain/enrollment/introduction.ts'
import { VerdictKeys } from '../../../src/domain/verdict/verdict-keys.ts'
import { markOf } from '../../../src/http/portal/browser-cookie.ts'
import { createPortal } from '../../../src/http/portal/portal.ts'
import { type House, openHouse } from '../../domain/house.ts'
import { keepLog, listen, makeIdentity, type Reply, URL_OF_LISTENER, type Visit, visitHttps } from '../visitor.ts'

/** What the page's script sends. */
export const OWN_SCRIPT = {
  accept: 'application/json',
  'content-type': 'application/json',
  'sec-fetch-site': 'same-origin',
  origin: URL_OF_LISTENER,
} as const

/** By what the portal knows the visitor's browser. */
export const COOKIE = `__Host-countersign-browser=${'B'.repeat(43)}`

export interface Scene {
  readonly house: House
  readonly portal: FastifyInstance
  readonly port: number
  readonly lines: string[]
  readonly visit: (visit: Visit) => Promise<Reply>
  readonly invite: (label?: string) => Promise<string>
  /** the address at which a browser comes back from `signon`, where it has shown this certificate or none */
  readonly introduced: (path: string, presented?: string) => Promise<string>
}

export async function setScene(t: Test, wishes: Parameters<typeof openHouse>[1] = {}): Promise<Scene> {
  const house = await openHouse(t, wishes)
  const { log, lines } = keepLog()
  const identity = await makeIdentity(house)
  const portal = await createPortal({
    ...house,
    url: URL_OF_LISTENER,
    identity,
    currentIdentity: () => identity,
    signonUrl: 'https://signon.id.test:8446',
    appleProfiles: createAppleProfiles(house),
    pairing: createAnotherDevice(house),
    introductions: createIntroductions(house),
    issuers: house.authority.issuers,
    verdictKeys: new VerdictKeys(house.keyring['verdict-signing']),
    apiUrl: 'https://api.id.test:8443',
    log,
  })
  const port = await listen(t, portal)
  return {
    house,
    portal,
    port,
    lines,
    visit: (visit) => visitHttps(house, port, { ...visit, headers: { cookie: COOKIE, ...visit.headers } }),
    introduced: async (path, presented) => {
      const opening = { token: path.slice('/enroll/'.length), browser: markOf(COOKIE).digest }
      const note = await createIntroductions(house).introduce(presented, opening)
      return `${path}?shown=${note}`
    },
    invite: async (label) => {
      const { token } = await house.enrollment.invite({ actor: 'operator:test', ...(label !== undefined && { label }) })
      return `/enroll/${token}`
    },
  }
}
