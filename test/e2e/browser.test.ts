import { createHash, X509Certificate } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type EnrolledInPage, enrollInPage, shownCodes } from './enrolling.ts'
import { eventually } from './eventually.ts'
import { heldInMemory } from './memory.ts'
import { startAtOwnName, startSite } from './own-names.ts'
import { openChromium, openFirefox, type PersonalBrowser } from './personal-browser.ts'
import type { RelyingSite } from './relying-site.ts'
import type { TestService } from './service.ts'
import { finding, hostOf, shown, type Tab } from './tab.ts'

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
  const { tab } = enrolled
  const codes = [...enrolled.recoveryCodes]

  await t.test('the check finds the right one', async (t) => {
    await tab.click('#done')
    await tab.goto(enrolled.check)
    t.match(await finding(tab, { shown: 'enrolled' }), { label: 'Test laptop', host: 'id.test', remark: undefined })
  })

  await t.test('sent to prove himself, and back by a touch', async (t) => {
    const seen = site.verdicts.length
    await visit(tab, `https://${shop}/`)
    t.equal(await verdictAt(tab, shop), 'valid')
    await visit(tab, `https://${shop}/`)
    t.equal(await verdictAt(tab, shop), 'valid', 'the next visit needs nothing')
    t.strictSame(
      site.verdicts.slice(seen).map(({ verdict }) => verdict),
      ['needs-revalidation', 'valid', 'valid'],
    )
  })

  await t.test('a site that wants a fresh proof gets one', async (t) => {
    const seen = site.verdicts.length
    const asked = () => site.verdicts.slice(seen).find(({ verdict }) => verdict === 'needs-revalidation')
    await eventually(
      () => visit(tab, `https://${shop}/strict`).then(asked),
      (verdict) => verdict !== undefined,
    )
    t.match(asked(), { reason: 'max-age' })
    t.equal(await verdictAt(tab, shop), 'valid')
  })

  await t.test('new recovery codes, drawn in the account', async (t) => {
    await visit(tab, `${service.address('signon')}/account/checks`)
    await touched(tab, () => tab.read('a[href$="/add/recovery-code"]'))
    await tab.click('a[href$="/add/recovery-code"]')
    await tab.click('#make-codes')
    await shown(tab, '#fresh-codes')
    codes.push(...(await shownCodes(tab)))
    await tab.click('#codes-done')
    t.match(await shown(tab, '#add'), /\w/, 'back at the list')
    t.equal(new Set(codes).size, 20)
  })

  await t.test('revoked by its owner: the very next page knows', async (t) => {
    await visit(tab, `${service.address('signon')}/account`)
    await touched(tab, () => tab.read('main details > summary'))
    await tab.click('main details > summary')
    await tab.click('a[href$="/revoke"]')
    await tab.click('form[action$="/revoke"] button')
    await eventually(
      () => service.command('cert', 'show', fingerprintOf(enrolled)),
      ({ data }) => data.status === 'revoked',
    )
    await visit(tab, `https://${shop}/`)
    t.equal(await verdictAt(tab, shop), 'revoked')
    await tab.goto(enrolled.check)
    t.match(await finding(tab, { shown: 'revoked' }), { label: 'Test laptop' })
  })

  await t.test('neither key nor password nor recovery code was in a request, the log or the home', async (t) => {
    const places = [...browser.sent, service.log, ...filesOf(service.home)]
    t.ok(
      browser.sent.some((text) => text.includes('"request":"MI')),
      'what was sent is in the record',
    )
    for (const digest of codes.map(digestOf))
      t.ok(
        browser.sent.some((text) => text.includes(digest)),
        'these are the codes whose digests were sent',
      )
    for (const secret of [...spellings(enrolled.privateKey), enrolled.password, ...codes.flatMap(spellingsOfCode)]) {
      t.notOk(
        places.some((place) => place.includes(secret)),
        'it is nowhere',
      )
    }
  })

  await t.test('nor is any of them in the memory of the service, as a core of it would show', async (t) => {
    const texts = [...spellings(enrolled.privateKey), ...codes.flatMap(spellingsOfCode)]
    const spelled = Object.fromEntries(texts.map((text) => [text, Buffer.from(text, 'latin1')]))
    const secrets = {
      ...spelled,
      password: Buffer.from(enrolled.password),
      utf16: Buffer.from(enrolled.password, 'utf16le'),
    }
    const seen = Buffer.from(fingerprintOf(enrolled))
    t.same(heldInMemory(service.pid, { ...secrets, seen }), ['seen'])
  })
}

/** The page that asks for a passkey may be gone before it is there. */
async function visit(tab: Tab, address: string): Promise<void> {
  await tab.goto(address).catch(() => undefined)
}

/** What the site says, once the browser has come to it. */
async function verdictAt(tab: Tab, shop: string): Promise<string | undefined> {
  await touched(tab, () => (hostOf(tab) === shop ? shop : undefined))
  return shown(tab, '#verdict')
}

/** Waits for what follows a passkey. Where the browser did not ask for it by itself, its button is pressed. */
async function touched(tab: Tab, answer: () => Promise<string | undefined> | string | undefined): Promise<void> {
  await eventually(
    async () => {
      const found = await answer()
      if (found === undefined && (await tab.read('#passkey:enabled')) !== undefined)
        await tab.click('#passkey').catch(() => undefined)
      return found
    },
    (found) => found !== undefined,
  )
}

function fingerprintOf({ certificate }: EnrolledInPage): string {
  return new X509Certificate(certificate).fingerprint256.replaceAll(':', '').toLowerCase()
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

function spellingsOfCode(code: string): readonly string[] {
  return [code, code.replaceAll('-', '')]
}

/** What the page sends of a code. */
function digestOf(code: string): string {
  return createHash('sha256')
    .update(`countersign recovery-code v1:${code.replaceAll('-', '')}`)
    .digest('hex')
}

/** Everything in the home. */
function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)).toString('latin1'))
}
