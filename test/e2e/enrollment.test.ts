import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContext } from 'playwright-core'
import t, { type Test } from 'tap'
import { makeChromium, type PersonalChromium } from './chromium.ts'
import { eventually } from './eventually.ts'
import {
  bench,
  certificates,
  keep,
  keyIn,
  leave,
  opened,
  openInvitation,
  ownLabel,
  passwords,
  save,
} from './invitation-page.ts'
import { startAtOwnName } from './own-names.ts'
import { openFirefox } from './personal-browser.ts'
import type { TestService } from './service.ts'
import { shown } from './tab.ts'

// The page of an invitation in real browsers: what it makes, and what it does when somebody interrupts it.

const SITE = 'https://shop.test'

interface Ground {
  readonly service: TestService
  readonly chromium: PersonalChromium
  readonly context: BrowserContext
  /** what was asked for, with bodies */
  readonly sent: string[]
  /** what the browser complained about: a broken policy, a script that failed */
  readonly complaints: string[]
}

t.test('the page of an invitation', async (t) => {
  const ground = await openGround(t)
  await t.test('four clicks to a proven certificate', (t) => fourClicks(t, ground))
  await t.test('somebody else’s certificate in this browser', (t) => strangers(t, ground))
  await t.test('one touch instead of an app', (t) => oneTouch(t, ground))
  await t.test('both kinds of file, of one key; DES is fetched only when it is needed', (t) => bothKinds(t, ground))
  await t.test('a Mac gets the old kind, its guide, and a signed profile', (t) => onMac(t, ground))
  await t.test('on an iPhone, not in Safari', (t) => notInSafari(t, ground))
  await t.test('reloaded once the certificate is made', (t) => reloaded(t, ground))
  await t.test('two tabs with one invitation', (t) => twoTabs(t, ground))
  await t.test('an answer that is lost', (t) => answerLost(t, ground))
  await t.test('DES that cannot be fetched', (t) => desLost(t, ground))
  await t.test('nobody complained, and no password was sent', async (t) => {
    t.same(ground.complaints, [])
    t.ok(passwords.length >= 4)
    for (const password of passwords)
      t.notOk(ground.sent.some((text) => text.includes(password)) || ground.service.log.includes(password))
  })
})

t.test('the same page in Firefox: its own guide, and both kinds of file', async (t) => {
  const service = await startAtOwnName(t)
  const browser = await openFirefox(t, join(service.home, 'root.pem'))
  const tab = await browser.newTab()
  await tab.goto(String((await service.command('invite')).data.url))
  await shown(tab, '#naming')
  await tab.click('#make')
  await shown(tab, '#file')
  t.match(await shown(tab, '#guide-firefox'), 'Import')
  const password = ((await tab.read('#password')) ?? '').replaceAll(/\s/g, '')
  const first = opened({ file: await browser.save(tab, '#save'), password })
  t.match(first, /PBES2, PBKDF2, AES-256-CBC/)
  await tab.click('summary')
  const second = opened({ file: await browser.save(tab, '#other-format'), password })
  t.match(second, /pbeWithSHA1And3-KeyTripleDES-CBC/)
  t.equal(keyIn(second), keyIn(first))
})

async function openGround(t: Test): Promise<Ground> {
  const service = await startAtOwnName(t)
  await service.command('site', 'add', 'shop', '--return-to', `${SITE}/`)
  const chromium = makeChromium(join(service.home, 'root.pem'))
  t.teardown(() => chromium.remove())
  const context = await chromium.start()
  t.teardown(() => context.close())
  const [sent, complaints]: [string[], string[]] = [[], []]
  context.on('request', (request) => void sent.push(request.url(), request.postDataBuffer()?.toString('latin1') ?? ''))
  context.on('console', (message) => {
    if (message.type() === 'error' && /policy|trusted/i.test(message.text())) complaints.push(message.text())
  })
  context.on('weberror', (error) => void complaints.push(String(error.error())))
  return { service, chromium, context, sent, complaints }
}

async function fourClicks(t: Test, { service, chromium, context, sent }: Ground): Promise<void> {
  const page = await openInvitation(service, context, undefined, ['--return-to', `${SITE}/?from=invitation`])
  t.match(await page.inputValue('#label'), /^Linux computer, \w+ 20\d\d$/, 'a good name is there already')
  await page.click('#make')
  await page.waitForSelector('#file:visible')
  t.equal(await page.getAttribute('#password', 'aria-hidden'), 'true', 'nobody reads it over the shoulder')
  t.equal(await page.evaluate(() => document.activeElement?.id), 'file-heading')
  const { file, password } = await save(page, '#save')
  t.ok(await page.isVisible('#guide-linux'))
  t.equal(await page.locator('#guides > :visible').count(), 1, 'its own guide, and no other')
  t.equal(await page.getAttribute('#stage-check', 'aria-current'), 'step')
  chromium.takeIn(file, password)
  const [check] = await Promise.all([context.waitForEvent('page'), page.click('#check')])
  await check.waitForSelector('#finding[data-shown="enrolled"]')
  t.equal(await check.locator(`a[href="${SITE}/?from=invitation"]`).count(), 1, 'the last click leads to the site')
  const asked = sent.filter((text) => text.startsWith(service.address('signon'))).map((text) => new URL(text).pathname)
  t.equal(asked[asked.indexOf('/evict') + 1], '/check', 'nothing else is asked for while the choice is being forgotten')
  t.ok(await page.isVisible('#password'), 'the page with the password is still there')
  await check.close()

  await page.click('#show-password')
  t.equal(await page.getAttribute('#password', 'aria-hidden'), 'false')
  await page.click('#done')
  t.equal(await page.locator('#password, #codes, #secret').count(), 0, 'nothing secret stays')
  await page.close()
}

async function strangers(t: Test, { service, context }: Ground): Promise<void> {
  const { url } = (await service.command('invite')).data
  const [page, before] = [await context.newPage(), await certificates(service)]
  await page.goto(String(url))
  t.equal(await page.textContent('#stranger bdi'), await ownLabel(service), 'it is said before anything is made')
  await page.click('#make')
  t.ok(await page.evaluate(() => document.querySelector('#naming :invalid')?.matches('[type=checkbox]')))
  t.ok(await page.isVisible('#naming'))
  t.equal(await certificates(service), before, 'the button waits for whoever reads it')
  await page.close()
}

async function oneTouch(t: Test, { service, context, sent }: Ground): Promise<void> {
  const page = await openInvitation(service, context, async (page) => {
    const session = await context.newCDPSession(page)
    await session.send('WebAuthn.enable')
    const kind = { protocol: 'ctap2', transport: 'internal' } as const
    const abilities = { hasResidentKey: true, hasUserVerification: true, isUserVerified: true }
    await session.send('WebAuthn.addVirtualAuthenticator', {
      options: { ...kind, ...abilities, automaticPresenceSimulation: true },
    })
  })
  t.ok(await page.isChecked('input[value=passkey]'), 'the first choice, since this machine can do it')
  const from = sent.length
  await page.click('#make')
  await page.waitForSelector('#file:visible')
  t.ok(sent.slice(from).some((text) => text.includes('"passkey":"{')))
  t.equal(await page.locator('#app-proof').count(), 0, 'no app is needed')
  t.equal(await page.locator('#codes li').count(), 10)
  await leave(page)
}

async function bothKinds(t: Test, { service, context, sent }: Ground): Promise<void> {
  const [page, before] = [await openInvitation(service, context), await certificates(service)]
  const from = sent.length
  await page.click('#make')
  const first = await save(page, '#save')
  t.match(opened(first), /PBES2, PBKDF2, AES-256-CBC/)
  t.notOk(sent.slice(from).some((address) => address.includes('triple-des')))
  await page.click('summary')
  const second = await save(page, '#other-format')
  t.match(opened(second), /pbeWithSHA1And3-KeyTripleDES-CBC/)
  t.ok(sent.some((address) => /\/assets\/triple-des\.[\w-]+\.js$/.test(address)))
  t.equal(second.password, first.password)
  t.equal(keyIn(opened(second)), keyIn(opened(first)))
  t.equal(await certificates(service), before + 1)
  await leave(page)
}

/** What it begins here it could never use; the invitation is spared. */
async function notInSafari(t: Test, { service, context }: Ground): Promise<void> {
  const page = await context.newPage()
  const session = await context.newCDPSession(page)
  await session.send('Emulation.setUserAgentOverride', {
    userAgent:
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 CriOS/131.0.0.0 Mobile/15E148',
  })
  const { url } = (await service.command('invite')).data
  await page.goto(String(url))
  await page.waitForSelector('#needs-safari:visible')
  const refusing = () => page.locator('#knows-safari:invalid').count()
  t.equal(await refusing(), 1)
  await page.click('#make')
  t.ok(await page.isEnabled('#make'), 'nothing was begun')
  await page.check('#knows-safari')
  t.equal(await refusing(), 0, 'who knows better goes on')
  await page.close()
}

async function onMac(t: Test, { service, context }: Ground): Promise<void> {
  const page = await openInvitation(service, context, async (page) => {
    const session = await context.newCDPSession(page)
    const brands = [{ brand: 'Chromium', version: '156' }]
    const metadata = { brands, fullVersion: '156', platformVersion: '15', architecture: 'arm', model: '' }
    await session.send('Emulation.setUserAgentOverride', {
      userAgent: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36',
      userAgentMetadata: { ...metadata, platform: 'macOS', mobile: false },
    })
  })
  t.match(await page.inputValue('#label'), /^Mac, /)
  await page.click('#make')
  const saved = await save(page, '#save')
  t.ok(await page.isVisible('#guide-mac'))
  t.match(opened(saved), /pbeWithSHA1And3-KeyTripleDES-CBC/)

  const [download] = await Promise.all([page.waitForEvent('download'), page.click('#get-profile')])
  t.equal(download.suggestedFilename(), 'countersign.mobileconfig')
  const profile = await keep(download, 'phone.mobileconfig')
  const verify = ['cms', '-verify', '-inform', 'DER', '-in', profile, '-purpose', 'any']
  const said = bench.run('openssl', ...verify, '-CAfile', join(service.home, 'root.pem'), '-out', `${profile}.xml`)
  t.ok(said.ok, said.text)
  const xml = readFileSync(`${profile}.xml`, 'utf8')
  const inside = /com\.apple\.security\.pkcs12<\/string>.*?<data>([^<]+)<\/data>/s.exec(xml)?.[1] ?? ''
  const file = bench.file('inside.p12', Buffer.from(inside, 'base64'))
  t.equal(keyIn(opened({ file, password: saved.password })), keyIn(opened(saved)))
  t.notOk(xml.includes(saved.password))
  t.ok(await page.isVisible('#password'), 'the page is still there')

  await page.selectOption('#platform', 'firefox')
  await page.waitForSelector('#guide-firefox:visible')
  t.notOk(await page.isVisible('#get-profile'))
  t.match(
    opened(
      await eventually(
        () => save(page, '#save'),
        (again) => opened(again).includes('PBES2'),
      ),
    ),
    /PBES2/,
  )
  await leave(page)
}

async function reloaded(t: Test, { service, context }: Ground): Promise<void> {
  const page = await openInvitation(service, context)
  const before = await certificates(service)
  await page.click('#make')
  await page.waitForSelector('#save[href^="blob:"]')
  const asked = new Promise<string>((resolve) => {
    page.once('dialog', (dialog) => {
      resolve(dialog.type())
      void dialog.accept()
    })
  })
  await page.reload()
  t.equal(await asked, 'beforeunload', 'the browser asks before it forgets')
  t.match(await page.textContent('.reference'), 'invitation-used')
  t.equal(await certificates(service), before + 1)
  await page.close()
}

async function twoTabs(t: Test, { service, context }: Ground): Promise<void> {
  const [one, before] = [await openInvitation(service, context), await certificates(service)]
  const other = await context.newPage()
  await other.goto(one.url())
  await other.check('#naming [type=checkbox]:visible')
  await one.click('#make')
  await one.waitForSelector('#save[href^="blob:"]')
  await other.click('#make')
  await other.waitForSelector('#mishap:visible')
  t.equal(await other.textContent('#mishap'), await other.textContent('#word-invitation-used'))
  t.ok(await other.isDisabled('#make'), 'there is nothing to try again')
  t.equal(await certificates(service), before + 1)
  await other.close()
  await leave(one)
}

async function answerLost(t: Test, { service, context }: Ground): Promise<void> {
  const [page, before] = [await openInvitation(service, context), await certificates(service)]
  const session = await context.newCDPSession(page)
  await session.send('Fetch.enable', { patterns: [{ urlPattern: '*/enroll/*', requestStage: 'Response' }] })
  session.once('Fetch.requestPaused', ({ requestId }) => {
    void session.send('Fetch.failRequest', { requestId, errorReason: 'ConnectionReset' })
  })
  await page.click('#make')
  await page.waitForSelector('#mishap:visible')
  t.equal(await page.textContent('#mishap'), await page.textContent('#word-unreachable'))
  await session.send('Fetch.disable')
  t.equal(await page.locator('#codes li').count(), 0, 'no codes are shown that may not be good')
  await page.click('#make')
  const told = () => page.textContent('#mishap')
  const used = await page.textContent('#word-invitation-used')
  t.equal(await eventually(told, (text) => text === used), used)
  t.equal(await certificates(service), before + 1)
  await page.close()
}

async function desLost(t: Test, { service, context }: Ground): Promise<void> {
  const page = await openInvitation(service, context)
  await page.route('**/triple-des*', (route) => route.abort())
  await page.click('#make')
  await page.waitForSelector('#save[href^="blob:"]')
  await page.selectOption('#platform', 'mac')
  await page.waitForSelector('#file-mishap:visible')
  t.equal(await page.textContent('#file-mishap'), await page.textContent('#word-unreachable-part'))
  t.match(opened(await save(page, '#save')), /PBES2/, 'the file that was there is still there')
  await leave(page)
}
