import { join } from 'node:path'
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { createChecks } from '../../src/checks/table.ts'
import { createOwnChecks } from '../../src/domain/account/own-checks.ts'
import { systemClock } from '../../src/system-clock.ts'
import { makeChromium } from './chromium.ts'
import { type Device, enroll } from './device.ts'
import { eventually } from './eventually.ts'
import { FILE_PASSWORD, identityFile } from './identity-file.ts'
import { type Inside, openInside } from './inside.ts'
import { startSite } from './own-names.ts'
import { addAuthenticator } from './personal-browser.ts'
import { startService, type TestService } from './service.ts'
import { shown, tabOf } from './tab.ts'

t.test('one touch: the site redirects, the passkey is asked as the page opens, and the site is there', async (t) => {
  const service = await startService(t, { policy: { min_max_age: '1s', walks_per_minute: 100 } })
  const [inside, site] = [await openInside(t, service), await startSite(t, service)]
  const device = await enroll(service, inside)
  const page = await openPage(t, service, device)
  const authenticator = await addAuthenticator(page)
  await register(page, service, inside, device)
  const [tab, shop] = [tabOf(page), `shop.test:${site.port}`]

  await t.test('nothing is clicked', async (t) => {
    // It leads away again before it has loaded.
    await tab.goto(`https://${shop}/`).catch(() => {})
    await page.waitForURL(({ host }) => host === shop)
    t.equal(await shown(tab, '#verdict'), 'valid')
    t.match(await inside.store.certificate(device.fingerprint), { validatedWith: 'passkey' })
    t.equal(site.verdicts.at(-2)?.verdict, 'needs-revalidation')
  })

  await t.test('who is not recognized: nothing is said until the button is pressed', async (t) => {
    await authenticator.recognize(false)
    await eventually(
      async () => {
        await tab.goto(`https://${shop}/strict`)
        return new URL(tab.url()).hostname
      },
      (host) => host === 'localhost',
    )
    await page.waitForSelector('#passkey:enabled')
    t.ok(await page.isHidden('#passkey-failed'), 'it was the page that asked')
    await page.click('#passkey')
    await page.waitForSelector('#passkey-failed', { state: 'visible' })
    t.ok(await page.isVisible('details:has(#totp) > summary'), 'there are other ways')
    await page.reload()
    await page.waitForSelector('#passkey-form', { state: 'visible' })
    t.ok(await page.isEnabled('#passkey'), 'it may be elsewhere: the page does not ask by itself again')
    await authenticator.recognize(true)
    await page.click('#passkey')
    await page.waitForURL(({ host }) => host === shop)
    t.equal(await shown(tab, '#verdict'), 'valid')
    const walked = await eventually(
      async () => {
        await tab.goto(`https://${shop}/strict`).catch(() => {})
        await page.waitForURL(({ host }) => host === shop)
        return site.verdicts.slice(-2).map(({ verdict }) => verdict)
      },
      ([last]) => last === 'needs-revalidation',
    )
    t.same(walked, ['needs-revalidation', 'valid'], 'and after that by itself')
  })
})

async function openPage(t: Test, service: TestService, device: Device): Promise<Page> {
  const chromium = makeChromium(join(service.home, 'root.pem'))
  t.teardown(() => chromium.remove())
  chromium.takeIn(identityFile(service, device, 'laptop'), FILE_PASSWORD)
  const context = await chromium.start()
  t.teardown(() => context.close())
  return context.newPage()
}

/** Adds a passkey, as the account's page does: made by the browser on a page of ours. */
async function register(page: Page, service: TestService, inside: Inside, device: Device): Promise<void> {
  const { config, store, keyring } = inside
  const checks = createChecks(keyring, { host: 'localhost', origins: [service.address('portal')] })
  const own = createOwnChecks({ ...inside, policy: config.policy, clock: systemClock, checks })
  const { subscriberId, deviceId, fingerprint } = (await store.certificate(device.fingerprint))!
  const prover = { subscriberId: subscriberId!, deviceId: deviceId!, fingerprint }
  const owner = { ...prover, provenAt: systemClock.now() }
  await page.goto(`${service.address('portal')}/`)
  const options = JSON.stringify(await own.beginPasskey(owner, 'session'))
  const made = `PublicKeyCredential.parseCreationOptionsFromJSON(${options})`
  const script = `navigator.credentials.create({ publicKey: ${made} }).then((one) => JSON.stringify(one))`
  await own.finishPasskey(owner, 'session', { label: 'Laptop', response: String(await page.evaluate(script)) })
}
