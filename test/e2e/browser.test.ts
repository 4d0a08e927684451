import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Secret, TOTP } from 'otpauth'
import type { BrowserContext, Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { makeChromium, type PersonalChromium } from './chromium.ts'
import { startAtOwnName, startSite } from './own-names.ts'
import type { TestService } from './service.ts'

// The whole walk in a real browser, at two real host names: enroll, sign in, be sent to revalidate, come back, be revoked.
t.test('Chromium enrolls, signs in, is sent to revalidate, comes back, and is turned away once revoked', async (t) => {
  const service = await startAtOwnName(t)
  const site = await startSite(t, service)
  const chromium = makeChromium(join(service.home, 'root.pem'))
  t.teardown(() => chromium.remove())
  const traffic: string[] = []

  const enrolled = await enrollInPage(t, service, chromium, traffic)
  chromium.takeIn(enrolled.file, enrolled.password)

  const context = await chromium.start()
  t.teardown(() => context.close())
  record(context, traffic)
  const page = await context.newPage()

  await t.test('sent to revalidate, and back', async (t) => {
    await page.goto(`https://shop.test:${site.port}/`)
    t.equal(new URL(page.url()).hostname, 'id.test', 'the site has sent the browser away')
    await proveInPage(page, enrolled.totp)
    await page.waitForURL(`https://shop.test:${site.port}/`)
    t.equal(await page.textContent('#verdict'), 'valid')
    t.strictSame(
      site.verdicts.map(({ verdict }) => verdict),
      ['needs-revalidation', 'valid'],
    )
  })

  await t.test('the next visit needs nothing', async (t) => {
    await page.goto(`https://shop.test:${site.port}/`)
    t.equal(await page.textContent('#verdict'), 'valid')
  })

  await t.test('revoked: the very next page knows', async (t) => {
    const leaf = new X509Certificate(enrolled.certificate)
    const fingerprint = leaf.fingerprint256.replaceAll(':', '').toLowerCase()
    t.equal((await service.command('cert', 'revoke', fingerprint, '--reason', 'key-compromise')).code, 0)
    const answer = await page.goto(`https://shop.test:${site.port}/`)
    t.equal(answer?.status(), 403)
    t.equal(await page.textContent('#verdict'), 'revoked')
  })

  await t.test('neither key nor password was in a request, the log or the home', async (t) => {
    const places = [...traffic, service.log, ...filesOf(service.home)]
    t.ok(
      traffic.some((text) => text.includes('"request":"MI')),
      'what was sent is in the record',
    )
    for (const secret of [...spellings(enrolled.privateKey), enrolled.password]) {
      t.notOk(
        places.some((place) => place.includes(secret)),
        'it is nowhere',
      )
    }
  })
})

interface EnrolledInPage {
  readonly file: string
  readonly password: string
  readonly totp: TOTP
  /** PEM */
  readonly certificate: string
  /** the private scalar, 32 bytes */
  readonly privateKey: Buffer
}

async function enrollInPage(
  t: Test,
  service: TestService,
  chromium: PersonalChromium,
  traffic: string[],
): Promise<EnrolledInPage> {
  const { url } = (await service.command('invite', '--label', 'Test laptop')).data
  const context = await chromium.start()
  try {
    record(context, traffic)
    const page = await context.newPage()
    await page.goto(String(url))
    await page.click('#make')
    await page.waitForSelector('#file:not([hidden])')
    const password = ((await page.textContent('#password')) ?? '').replaceAll(/\s/g, '')
    const secret = ((await page.textContent('#secret')) ?? '').replaceAll(/\s/g, '')
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('#save')])
    const file = join(service.home, 'identity.p12')
    await download.saveAs(file)
    const open = (...args: readonly string[]) =>
      execFileSync('openssl', ['pkcs12', '-in', file, '-passin', `pass:${password}`, '-nodes', ...args]).toString()
    t.match(open('-nokeys', '-clcerts'), /BEGIN CERTIFICATE/, 'openssl opens the file')
    return {
      file,
      password,
      totp: new TOTP({ secret: Secret.fromBase32(secret) }),
      certificate: open('-nokeys', '-clcerts'),
      privateKey: scalarOf(open('-nocerts')),
    }
  } finally {
    await context.close()
  }
}

async function proveInPage(page: Page, totp: TOTP): Promise<void> {
  await page.fill('input[name=answer]', totp.generate())
  await page.click('form:not([action$=deny]) button')
}

function record(context: BrowserContext, traffic: string[]): void {
  context.on('request', (request) => {
    traffic.push(request.url(), request.postDataBuffer()?.toString('latin1') ?? '')
  })
}

/** The EC private key's 32 bytes, out of `openssl ec`'s own text. */
function scalarOf(pem: string): Buffer {
  const text = execFileSync('openssl', ['ec', '-text', '-noout'], {
    input: pem,
    stdio: ['pipe', 'pipe', 'ignore'],
  }).toString()
  const hex = /priv:\s+([0-9a-f:\s]+)pub:/.exec(text)?.[1]?.replaceAll(/[:\s]/g, '') ?? ''
  return Buffer.from(hex.padStart(64, '0').slice(-64), 'hex')
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

/** Everything in the home but what the test itself has put there. */
function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name !== 'identity.p12')
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)).toString('latin1'))
}
