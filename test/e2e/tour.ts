import type { Test } from 'tap'
import { createSitePoliciesSetting } from '../../src/domain/site/site-policies.ts'
import { createSiteRegistry } from '../../src/domain/site/site-registry.ts'
import { createSiteStatements } from '../../src/domain/trust/site-statements.ts'
import { rewritePng } from '../../src/png.ts'
import { systemClock } from '../../src/system-clock.ts'
import { callerOf } from '../domain/town.ts'
import { signInRow } from '../store/samples.ts'
import { type Device, enroll, invite, totpForm } from './device.ts'
import { FILE_PASSWORD, identityFile } from './identity-file.ts'
import { type Inside, openInside } from './inside.ts'
import { startService, type TestService } from './service.ts'
import { AskingService } from './site-service.ts'

/** A browser that is led from page to page; it begins without a certificate. */
export interface Tourist {
  goto(address: string): Promise<unknown>
  click(selector: string): Promise<unknown>
  fill(selector: string, text: string): Promise<unknown>
  /** resolves when an element is there that fits, visible */
  wait(selector: string): Promise<unknown>
  /** takes an identity file in, as a person does in the settings */
  takeIn(file: string, password: string): void
}

/** What stands behind the pages of a tour. */
export interface Scenery {
  readonly service: TestService
  readonly inside: Inside
  readonly site: AskingService
  /** the device whose certificate the tourist takes in halfway */
  readonly device: Device
}

/** A page that people see, and how to come to it. */
export interface Stop {
  readonly name: string
  go(tourist: Tourist, scenery: Scenery): Promise<unknown>
}

export async function openScenery(t: Test): Promise<Scenery> {
  const service = await startService(t)
  const inside = await openInside(t, service)
  const site = new AskingService(service, service.identity('site'))
  const device = await enroll(service, inside, 'Laptop, Nov 2026')
  await giveLook(inside)
  return { service, inside, site, device }
}

/** A name and a logo of the site's own, on the page where people prove themselves. */
async function giveLook({ store, config: { policy } }: Inside): Promise<void> {
  const registry = createSiteRegistry({ store, clock: systemClock })
  const setting = createSitePoliciesSetting({ store, registry, policy, clock: systemClock, rewriteLogo: rewritePng })
  const look = { displayName: 'The Sample & Co.', logo: Buffer.from(ONE_PIXEL, 'base64') }
  await setting.set('operator:cli', { site: 'sample' }, look, [])
}

/** Something for the owner and something against him. */
async function speakOf({ inside: { store }, device }: Scenery): Promise<void> {
  const site = (await store.site({ name: 'sample' }))!
  const { subscriberId } = (await store.certificate(device.fingerprint))!
  const row = signInRow(site.id, subscriberId!, { at: systemClock.now() })
  await store.run('signIn', row)
  const statements = createSiteStatements({ store, clock: systemClock })
  await statements.vouch(callerOf(site), row.subject, 'known-person', undefined)
  await statements.report(callerOf(site), row.subject, 'abuse', 'Sent one link to forty people within a minute.')
}

/** A picture. */
const ONE_PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

const onPortal = ({ service }: Scenery, path: string): string => service.address('portal') + path
const onSignon = ({ service }: Scenery, path: string): string => service.address('signon') + path

/** The check page takes a step by itself now and then; this is where it rests. */
function resting(finding: string): string {
  return `main:has(#finding${finding}):not(:has([data-at-once]))`
}

/** The pages on which nobody has to show anything. */
const PUBLIC_STOPS: readonly Stop[] = [
  { name: 'welcome', go: (tourist, scenery) => tourist.goto(onPortal(scenery, '/')) },
  {
    name: 'invitation',
    async go(tourist, scenery) {
      await tourist.goto(onPortal(scenery, `/enroll/${await invite(scenery.inside)}`))
      await tourist.wait('#make')
    },
  },
  {
    name: 'invitation-file',
    async go(tourist) {
      await tourist.click('#make')
      await tourist.wait('#save[href^="blob:"]')
    },
  },
  {
    name: 'invitation-unusable',
    go: (tourist, scenery) => tourist.goto(onPortal(scenery, `/enroll/${'x'.repeat(43)}`)),
  },
  { name: 'pair', go: (tourist, scenery) => tourist.goto(onPortal(scenery, '/pair')) },
  { name: 'nothing-here', go: (tourist, scenery) => tourist.goto(onPortal(scenery, '/nowhere')) },
  {
    name: 'check-none',
    async go(tourist, scenery) {
      await tourist.goto(onSignon(scenery, '/check'))
      await tourist.wait(resting('[data-shown="none"]'))
    },
  },
]

/** The pages for whoever has a certificate. */
const OWN_STOPS: readonly Stop[] = [
  {
    name: 'check-good',
    async go(tourist, scenery) {
      tourist.takeIn(identityFile(scenery.service, scenery.device, 'laptop'), FILE_PASSWORD)
      await tourist.goto(onSignon(scenery, '/check?from=enrollment'))
      await tourist.wait(resting(':not([data-shown="none"])'))
    },
  },
  {
    name: 'check-another',
    go: (tourist, scenery) => tourist.goto(onSignon(scenery, `/check?expect=${'ab'.repeat(32)}`)),
  },
  {
    name: 'check-same',
    go: (tourist, scenery) =>
      tourist.goto(onSignon(scenery, `/check?tried=evicted&was=${scenery.device.fingerprint.slice(0, 16)}`)),
  },
  {
    name: 'check-fresh',
    async go(tourist) {
      await tourist.click('#fresh')
      await tourist.wait('#remark')
    },
  },
  {
    name: 'check-restart',
    go: (tourist, scenery) => tourist.goto(onSignon(scenery, '/check?tried=last&was=none')),
  },
  {
    name: 'signed-out',
    async go(tourist, scenery) {
      await tourist.goto(onSignon(scenery, '/check'))
      await tourist.click('button[form="sign-out"]')
      await tourist.wait('#forget[data-done]')
    },
  },
  {
    name: 'check-wanted',
    async go(tourist, { site, device }) {
      await tourist.goto(await site.redirectFor(device.fingerprint, '?checks=passkey'))
      await tourist.wait('a[href="/account/checks"]')
    },
  },
  {
    name: 'prove',
    async go(tourist, { site, device }) {
      await tourist.goto(await site.redirectFor(device.fingerprint))
      await tourist.wait('form')
    },
  },
  {
    name: 'prove-wrong',
    async go(tourist) {
      await tourist.fill('#totp', '000000')
      await tourist.click('form:has(#totp) button')
      await tourist.wait('#totp-error')
    },
  },
]

const inAccount = (name: string, path: string): Stop => ({
  name,
  go: (tourist, scenery) => tourist.goto(onSignon(scenery, path)),
})

/** The account, opened by a code of the authenticator app. */
const ACCOUNT_STOPS: readonly Stop[] = [
  inAccount('account-door', '/account'),
  {
    name: 'account-devices',
    async go(tourist, { device }) {
      await tourist.fill('#totp', totpForm(device).answer!)
      await tourist.click('form:has(#totp) button')
      // The door has something to unfold, too.
      await tourist.wait('.item details')
      await tourist.click('.item details > summary')
    },
  },
  {
    name: 'account-revoking',
    async go(tourist, scenery) {
      const record = await scenery.inside.store.certificate(scenery.device.fingerprint)
      await tourist.goto(onSignon(scenery, `/account/devices/${record?.deviceId}/revoke`))
    },
  },
  inAccount('account-sites', '/account/sites'),
  {
    name: 'account-trust',
    async go(tourist, scenery) {
      await speakOf(scenery)
      await tourist.goto(onSignon(scenery, '/account/trust'))
      await tourist.click('main details > summary')
    },
  },
  inAccount('account-checks', '/account/checks'),
  inAccount('account-add-totp', '/account/checks/add/totp'),
  inAccount('account-add-passkey', '/account/checks/add/passkey'),
  inAccount('account-new-codes', '/account/checks/add/recovery-code'),
  {
    name: 'account-fresh-codes',
    async go(tourist) {
      await tourist.click('#make-codes')
      await tourist.wait('#fresh-codes')
    },
  },
  inAccount('account-history', '/account/history'),
  inAccount('account-data', '/account/data'),
  inAccount('account-pair', '/account/pair'),
  {
    name: 'account-pair-code',
    go: (tourist) => tourist.click('main form[action$="/pair"] button'),
  },
]

/** The pages at the end of something. */
const LAST_STOPS: readonly Stop[] = [
  {
    name: 'signed-out',
    async go(tourist, scenery) {
      await tourist.goto(onSignon(scenery, '/check'))
      await tourist.wait(resting('[data-shown="good"]'))
      await tourist.click('button[form="sign-out"]')
      await tourist.wait('#forget[data-done]')
    },
  },
  {
    name: 'denied',
    async go(tourist, { site, device }) {
      await tourist.goto(await site.redirectFor(device.fingerprint))
      await tourist.click('.denial button')
      await tourist.wait('h1')
    },
  },
  {
    name: 'check-held',
    async go(tourist, scenery) {
      await tourist.goto(onSignon(scenery, '/check'))
      await tourist.wait(resting('[data-shown="held"]'))
    },
  },
]

/** Every page that people see, in the order of one walk. */
export const STOPS: readonly Stop[] = [...PUBLIC_STOPS, ...OWN_STOPS, ...ACCOUNT_STOPS, ...LAST_STOPS]
