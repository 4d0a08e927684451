import { X509Certificate } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { enrollInPage } from './enrolling.ts'
import { eventually } from './eventually.ts'
import { startAtOwnName, startSite } from './own-names.ts'
import { openChromium, openFirefox, type PersonalBrowser } from './personal-browser.ts'
import type { RelyingSite } from './relying-site.ts'
import type { TestService } from './service.ts'
import { arrival, finding, shown, type Tab } from './tab.ts'

const BROWSERS = { Chromium: openChromium, Firefox: openFirefox }

// The whole walk in real browsers, at two real host names, each in one life of the browser: it is never restarted.
t.test('from an invitation to a site, and out again', async (t) => {
  const service = await startAtOwnName(t, { policy: { min_max_age: '1s' } })
  const site = await startSite(t, service)
  for (const [name, open] of Object.entries(BROWSERS)) {
    await t.test(name, async (t) => {
      const browser = await open(t, join(service.home, 'root.pem'))
      await walk(t, { service, site, browser })
    })
  }
})

interface Ground {
  readonly service: TestService
  readonly site: RelyingSite
  readonly browser: PersonalBrowser
}

async function walk(t: Test, ground: Ground): Promise<void> {
  const { service, site, browser } = ground
  const shop = `shop.test:${site.port}`
  const { url } = (await service.command('invite', '--label', 'Test laptop')).data
  const enrolled = await enrollInPage(browser, String(url))
  browser.takeIn(enrolled.file, enrolled.password)
  const tab = await browser.newTab()

  await t.test('the check finds the right one', async (t) => {
    await tab.goto(enrolled.check)
    t.match(await finding(tab, { shown: 'enrolled' }), { label: 'Test laptop', host: 'id.test', remark: undefined })
  })

  await t.test('sent to prove himself, and back', async (t) => {
    await tab.goto(`https://${shop}/`)
    t.equal(new URL(tab.url()).hostname, 'id.test', 'the site has sent the browser away')
    await proveBy(tab, 'totp', enrolled.totp.generate())
    await arrival(tab, shop)
    t.equal(await shown(tab, '#verdict'), 'valid')
    await tab.goto(`https://${shop}/`)
    t.equal(await shown(tab, '#verdict'), 'valid', 'the next visit needs nothing')
  })

  await t.test('a site that wants a fresh proof gets one', async (t) => {
    await eventually(
      async () => {
        await tab.goto(`https://${shop}/strict`)
        return new URL(tab.url()).hostname
      },
      (host) => host === 'id.test',
    )
    await proveBy(tab, 'recovery-code', enrolled.recoveryCodes[0]!)
    await arrival(tab, shop)
    t.equal(await shown(tab, '#verdict'), 'valid')
    t.equal(site.verdicts.at(-2)?.reason, 'max-age')
  })

  await t.test('revoked: the very next page knows', async (t) => {
    const { fingerprint256 } = new X509Certificate(enrolled.certificate)
    const fingerprint = fingerprint256.replaceAll(':', '').toLowerCase()
    t.equal((await service.command('cert', 'revoke', fingerprint, '--reason', 'key-compromise')).code, 0)
    await tab.goto(`https://${shop}/`)
    t.equal(await shown(tab, '#verdict'), 'revoked')
    await tab.goto(enrolled.check)
    t.match(await finding(tab, { shown: 'revoked' }), { label: 'Test laptop' })
  })

  await t.test('neither key nor password was in a request, the log or the home', async (t) => {
    const places = [...browser.sent, service.log, ...filesOf(service.home)]
    t.ok(
      browser.sent.some((text) => text.includes('"request":"MI')),
      'what was sent is in the record',
    )
    for (const secret of [...spellings(enrolled.privateKey), enrolled.password]) {
      t.notOk(
        places.some((place) => place.includes(secret)),
        'it is nowhere',
      )
    }
  })
}

/** Proves himself in the page, by a check that is typed in. */
async function proveBy(tab: Tab, check: 'totp' | 'recovery-code', answer: string): Promise<void> {
  if ((await tab.read(`details:has(#${check}) > summary`)) !== undefined)
    await tab.click(`details:has(#${check}) > summary`)
  await tab.fill(`#${check}`, answer)
  await tab.click(`form:has(#${check}) button`)
}

/** As raw bytes, hex, and base64 at each of the three places in which it may begin. */
function spellings(key: Buffer): readonly string[] {
  const base64 = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), key])
      .toString('base64')
      .slice(shift === 0 ? 0 : 4, 40),
  )
  return [key.toString('latin1'), key.toString('hex'), ...base64, key.toString('base64url').slice(0, 40)]
}

/** Everything in the home. */
function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)).toString('latin1'))
}
