import { join } from 'node:path'
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { recoveryCodeCheck } from '../../src/checks/recovery-code.ts'
import type { Credential } from '../../src/domain/proving/check.ts'
import { makeChromium } from './chromium.ts'
import { type Device, enroll, totpForm } from './device.ts'
import { FILE_PASSWORD, identityFile } from './identity-file.ts'
import { type Inside, openInside } from './inside.ts'
import { leave } from './invitation-page.ts'
import { addAuthenticator } from './personal-browser.ts'
import { startService, type TestService } from './service.ts'

t.test('an owner in his account, in one browser, without a restart', async (t) => {
  const service = await startService(t)
  const inside = await openInside(t, service)
  const device = await enroll(service, inside, 'Laptop')
  const page = await openPage(t, service, identityFile(service, device, 'laptop'))
  const at = (path: string): string => service.address('signon') + path
  const check = recoveryCodeCheck(inside.keyring)

  await t.test('in by the app, and a passkey is added', async (t) => {
    await page.goto(at('/account/checks'))
    await page.fill('#totp', totpForm(device).answer!)
    await page.click('form:has(#totp) button')
    await page.click('a[href$="/add/passkey"]')
    await page.fill('#label', 'This laptop')
    await page.click('#passkey-form button')
    await page.waitForURL(at('/account/checks'))
    t.match(await page.textContent('main'), 'This laptop')
    t.match(await inside.store.certificate(device.fingerprint), { status: 'active' })
  })

  await t.test('out, and in by one touch', async (t) => {
    await page.click('form.leave button')
    await page.goto(at('/account/history')).catch(() => {})
    await page.waitForURL(at('/account/history'))
    t.match(await page.textContent('main'), 'A proof was added')
  })

  await t.test(
    'new recovery codes: when the answer is lost, the page asks again, and what it shows is kept',
    async (t) => {
      await page.goto(at('/account/checks/add/recovery-code'))
      const session = await page.context().newCDPSession(page)
      await session.send('Fetch.enable', {
        patterns: [{ urlPattern: '*/add/recovery-code', requestStage: 'Response' }],
      })
      session.once('Fetch.requestPaused', ({ requestId }) => {
        void session.send('Fetch.failRequest', { requestId, errorReason: 'ConnectionReset' })
      })
      await page.click('#make-codes')
      await page.waitForSelector('#codes-failed:visible')
      t.notOk(await page.isVisible('#fresh-codes'), 'nothing is shown that may not be good')
      await session.send('Fetch.disable')
      const before = await keptCodes(inside, device)
      await page.click('#make-codes')
      await page.waitForSelector('#fresh-codes:visible')
      const codes = await page.locator('#codes li').allTextContents()
      for (const one of [before, await keptCodes(inside, device)]) {
        const proofs = await Promise.all(codes.map((code) => check.match(one, code, { now: 0, context: '' })))
        t.equal(new Set(proofs.map((proof) => proof?.credentialId)).size, 10, 'the same set, both times')
      }
      await page.click('#codes-done')
      await page.waitForURL(at('/account/checks'))
    },
  )

  await t.test('whose session ended before he asked for new codes is led to the door', async (t) => {
    await page.goto(at('/account/checks/add/recovery-code'))
    const before = await keptCodes(inside, device)
    await page.context().clearCookies()
    await page.click('#make-codes')
    await page.waitForURL(at('/account/checks'))
    t.same(await keptCodes(inside, device), before)
  })

  await t.test('another device: the code, the number, and on to its enrollment', async (t) => {
    await page.goto(at('/account/pair'))
    await page.click('form[action="/account/pair"] button')
    const code = await page.textContent('code.secret')
    const other = await page.context().newPage()
    await other.goto(`${service.address('portal')}/pair`)
    await other.fill('#code', code!)
    await other.click('form[action="/pair"] button')
    const number = await other.textContent('output')
    await page.bringToFront()
    // The first device's page looks by itself whether the other one is there.
    await page.click(`form.numbers button[value="${number}"]`)
    await page.waitForSelector('a.button[href="/account"]')
    await other.bringToFront()
    await other.waitForURL((url) => !url.pathname.startsWith('/pair'))
    t.match(other.url(), /\/(?:enroll|introduce)\//)
    const before = await keptCodes(inside, device)
    await other.click('#make')
    await other.waitForSelector('#save[href^="blob:"]')
    t.equal(await other.locator('#code-proof').count(), 0, 'the codes that its owner has stay good')
    t.same(await keptCodes(inside, device), before)
    await leave(other)
  })

  await t.test('the device in hand, revoked: said, done, and the door is shut', async (t) => {
    await page.goto(at('/account'))
    await page.click('main details > summary')
    await page.click('a[href$="/revoke"]')
    await page.click('form[action$="/revoke"] button')
    t.match(await page.textContent('h1'), 'revoked')
    t.match(await inside.store.certificate(device.fingerprint), { status: 'revoked' })
    await page.goto(at('/account'))
    t.match(await page.textContent('main'), 'certificate-revoked')
  })
})

async function keptCodes({ store }: Inside, { fingerprint }: Device): Promise<readonly Credential[]> {
  const record = await store.certificate(fingerprint)
  const all = await store.credentials(record?.subscriberId ?? '')
  return all.filter(({ check, usedAt }) => check === 'recovery-code' && usedAt === null)
}

async function openPage(t: Test, service: TestService, file: string): Promise<Page> {
  const chromium = makeChromium(join(service.home, 'root.pem'))
  t.teardown(() => chromium.remove())
  chromium.takeIn(file, FILE_PASSWORD)
  const context = await chromium.start()
  t.teardown(() => context.close())
  const page = await context.newPage()
  await addAuthenticator(page)
  return page
}
