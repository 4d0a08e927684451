import { generateKeyPairSync, sign } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Secret, TOTP } from 'otpauth'
import { assembleCertificate, encodeTbsCertificate, parseCertificate } from '../src/x509/certificate.ts'
import { makeOwnRequest } from '../src/x509/own-request.ts'
import { decodePem } from '../src/x509/pem.ts'
import { fingerprint } from '../src/x509/thumbprint.ts'
import { ask, command, type DemoHome, enroll, startServer, walk } from './demo-parts.ts'

const RETURN_TO = 'https://shop.example/signed-in'

/** One chapter of the story: what is told, and what must come out. */
type Chapter = (story: Story) => Promise<string>

interface Story {
  readonly home: DemoHome
  /** the browser that is enrolled in the first chapter */
  browser: Browser | undefined
}

interface Browser {
  readonly fingerprint: string
  readonly der: Uint8Array
  readonly cert: string
  readonly key: string
  readonly totp: TOTP
}

/**
 * Tells the whole story with the real parts on a throw-away home and free ports; on PostgreSQL where COUNTERSIGN_STORE
 * names one.
 * @returns the exit code: 1 when a chapter did not go as told
 */
export async function demo(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-demo-'))
  const began = performance.now()
  try {
    await tell(folder)
    console.log(`\nAs told, in ${((performance.now() - began) / 1000).toFixed(1)} s.`)
    return 0
  } catch (error) {
    console.error(`\nNot as told: ${error instanceof Error ? error.message : String(error)}`)
    return 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function tell(folder: string): Promise<void> {
  const home = await prepare(folder)
  const server = await startServer(home)
  try {
    const story: Story = { home: server.home, browser: undefined }
    for (const [title, chapter] of Object.entries(CHAPTERS)) console.log(`${title.padEnd(62)} ${await chapter(story)}`)
  } finally {
    await server.stop()
  }
}

/** An authority, a site, and its service's certificate; all by the commands that an operator types. */
async function prepare(folder: string): Promise<DemoHome> {
  const settings = join(folder, 'settings.yaml')
  writeFileSync(settings, 'policy:\n  min_max_age: 1s\n')
  const home: DemoHome = { folder, settings, listeners: {}, site: join(folder, 'site') }
  await command(home, 'ca', 'init')
  await command(home, 'site', 'add', 'shop', '--return-to', RETURN_TO)
  await command(home, 'site', 'cert', 'shop', 'web', '--out', home.site)
  return home
}

const CHAPTERS: Readonly<Record<string, Chapter>> = {
  'A site asks about somebody who shows no certificate': async ({ home }) =>
    expectVerdict(await ask(home, { certificate: null }), 'missing', 'no-certificate'),

  'A browser is invited and enrolls with a key of its own': async (story) => {
    const { url } = await command(story.home, 'invite', '--label', 'Demo laptop')
    const { key, request } = makeOwnRequest()
    const made = await enroll(story.home, String(url), 'Demo laptop', request)
    const der = decodePem(made.certificate, 'CERTIFICATE')
    story.browser = {
      fingerprint: fingerprint(der),
      der,
      cert: made.certificate + made.chain,
      key: key.export({ type: 'pkcs8', format: 'pem' }) as string,
      totp: new TOTP({ secret: Secret.fromBase32(made.totp.secret) }),
    }
    return `certificate ${story.browser.fingerprint.slice(0, 16)}…`
  },

  'The site asks: its owner has never proven himself': async (story) =>
    expectVerdict(await askFor(story), 'needs-revalidation', 'never-validated'),

  'The owner follows the redirect and types a code': async (story) => {
    const { redirect } = await askFor(story)
    const location = await walk(story.home, browserOf(story), String(redirect), browserOf(story).totp.generate())
    return expect(location === RETURN_TO, `back at ${location}`)
  },

  'The site asks again': async (story) => expectVerdict(await askFor(story), 'valid'),

  'The same, by fingerprint alone': async (story) =>
    expectVerdict(await ask(story.home, undefined, `/${browserOf(story).fingerprint}`), 'valid'),

  'The site wants a proof of the last second': async (story) =>
    expectVerdict(
      await until(() => ask(story.home, undefined, `/${browserOf(story).fingerprint}?max_age=1`), 'needs-revalidation'),
      'needs-revalidation',
      'max-age',
    ),

  'A look-alike: same names, serial and key identifiers': async (story) =>
    expectVerdict(
      await ask(story.home, { certificate: lookAlike(browserOf(story).der).toString('base64') }),
      'missing',
      'unknown',
    ),

  'The operator holds the certificate': async (story) => {
    await command(story.home, 'cert', 'hold', browserOf(story).fingerprint)
    return expectVerdict(await askFor(story), 'revoked', 'certificate-hold')
  },

  'The operator releases it': async (story) => {
    await command(story.home, 'cert', 'release', browserOf(story).fingerprint)
    return expectVerdict(await askFor(story), 'valid')
  },

  'The operator revokes it while the site keeps asking': async (story) => {
    const { before, late, delay } = await revokeUnderQuestions(story)
    expect(late === 0, `${late} answers were wrong`)
    return `revoked; ${before} answers before; wrong answers after the acknowledgment: ${late}; first right one after ${delay.toFixed(1)} ms`
  },
}

/** Asks without a pause from before the revocation to after it, over the admin listener, whose answer is the acknowledgment. */
async function revokeUnderQuestions(story: Story): Promise<{ before: number; late: number; delay: number }> {
  const { fingerprint: hash } = browserOf(story)
  const answers: { began: number; ended: number; verdict: string }[] = []
  let asking = true
  const questions = (async () => {
    while (asking) {
      const began = performance.now()
      const { verdict } = await ask(story.home, undefined, `/${hash}`)
      answers.push({ began, ended: performance.now(), verdict: String(verdict) })
    }
  })()
  await command(story.home, 'cert', 'revoke', hash, '--reason', 'key-compromise')
  const acknowledged = performance.now()
  await until(() => ask(story.home, undefined, `/${hash}`), 'revoked')
  asking = false
  await questions
  const after = answers.filter(({ began }) => began >= acknowledged)
  const first = answers.find(({ began, verdict }) => began >= acknowledged && verdict === 'revoked')
  return {
    before: answers.length - after.length,
    late: after.filter(({ verdict }) => verdict !== 'revoked').length,
    delay: (first?.ended ?? Number.POSITIVE_INFINITY) - acknowledged,
  }
}

/** All that can be copied of a certificate, signed by somebody else's key. */
function lookAlike(der: Uint8Array): Buffer {
  const original = parseCertificate(der)
  const own = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const tbs = encodeTbsCertificate({ ...original, spki: own.publicKey.export({ type: 'spki', format: 'der' }) })
  return Buffer.from(assembleCertificate(tbs, 'ecdsa-sha256', sign('sha256', tbs, stranger.privateKey)))
}

function askFor(story: Story): Promise<Record<string, unknown>> {
  return ask(story.home, {
    certificate: browserOf(story).cert.slice(0, browserOf(story).cert.indexOf('-----END CERTIFICATE-----') + 26),
  })
}

function browserOf({ browser }: Story): Browser {
  if (!browser) throw new TypeError('no browser is enrolled yet')
  return browser
}

/** Asks again until the verdict comes, for ten seconds at most. */
async function until(
  question: () => Promise<Record<string, unknown>>,
  verdict: string,
): Promise<Record<string, unknown>> {
  const end = performance.now() + 10_000
  let answer = await question()
  while (answer.verdict !== verdict && performance.now() < end) answer = await question()
  return answer
}

function expectVerdict(answer: Record<string, unknown>, verdict: string, reason?: string): string {
  expect(
    answer.verdict === verdict && (reason === undefined || answer.reason === reason),
    `${verdict} ${reason ?? ''} was expected, ${JSON.stringify(answer)} came`,
  )
  return reason === undefined ? verdict : `${verdict}: ${reason}`
}

function expect(holds: boolean, told: string): string {
  if (!holds) throw new Error(told)
  return told
}
