import type { Test } from 'tap'
import { createAccount } from '../../../src/domain/account/account.ts'
import { createCertificateCheck } from '../../../src/domain/enrollment/certificate-check.ts'
import { createIntroductions } from '../../../src/domain/enrollment/introduction.ts'
import type { Site } from '../../../src/domain/site/site.ts'
import { createSignon } from '../../../src/http/signon/signon.ts'
import { makeKeyPair, makeRequest } from '../../ca/request.ts'
import {
  addSite,
  enrollDevice,
  type House,
  makeTicket,
  openHouse,
  type TestDevice,
  totpCode,
} from '../../domain/house.ts'
import { keepLog, listen, makeIdentity, type Reply, URL_OF_LISTENER, type Visit, visitHttp2 } from '../visitor.ts'

const PORTAL_URL = 'https://id.test:8444'

/** Names below it are fresh ones. */
const CHECK_URL = 'https://*.check.id.test:8445'

/** A signon listener with a site that asks and a device that comes. */
export interface Scene {
  readonly house: House
  readonly port: number
  readonly site: Site
  readonly device: TestDevice
  readonly lines: string[]
  /** comes with the device's certificate unless it says otherwise */
  readonly visit: (visit: Visit) => Promise<Reply>
  readonly freshPath: () => string
  readonly form: (text?: string, check?: string) => string
}

/** A house of its own, listening. */
export async function setScene(t: Test, wishes = {}): Promise<Scene> {
  const house = await openHouse(t, {
    guessesPerMinute: 1_000,
    guessesPerAddress: 10_000,
    walksPerMinute: 1_000,
    ...wishes,
  })
  const { log, lines } = keepLog()
  const identity = await makeIdentity(house)
  const peers = { anchor: house.authority.twins.browser, required: false }
  const [check, introductions] = [createCertificateCheck(house), createIntroductions(house)]
  const options = {
    ...house,
    url: URL_OF_LISTENER,
    identity,
    peers,
    check,
    account: createAccount(house),
    introductions,
    portalUrl: PORTAL_URL,
    checkUrl: CHECK_URL,
    log,
  }
  const port = await listen(t, await createSignon(options))
  const site = await addSite(house)
  const device = await enrollDevice(house, 'Laptop <b>&</b> "co"')
  return {
    house,
    port,
    site,
    device,
    lines,
    visit: (visit) => visitHttp2(house, port, { device, ...visit }),
    freshPath: () => `/revalidate/${makeTicket(house, site, device)}`,
    form: (text = totpCode(house, device), check = 'totp') => new URLSearchParams({ check, answer: text }).toString(),
  }
}

/** A certificate of ours, but of a site's service. */
export async function apiCertificate(
  { issuance }: House,
  { id, name }: Site,
): Promise<Pick<TestDevice, 'certificate' | 'keys'>> {
  const keys = makeKeyPair()
  const binding = { subscriberId: null, deviceId: null, siteId: id, service: 'web' }
  const order = { profile: 'api', request: makeRequest(keys), label: 'shop web', site: name, binding } as const
  return { keys, certificate: (await issuance.issue({ actor: 'operator:test', order })).der }
}
