import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, launch } from 'puppeteer-core'
import { browserEnvironment } from './browser-environment.ts'

/** A person's Firefox: a profile with a certificate database of its own. */
export interface PersonalFirefox {
  /** Takes an identity file into the database, as a person does in the settings. */
  takeIn(file: string, password: string): void
  /** Deletes a certificate and its key by the name under which it was taken in. */
  forget(name: string): void
  /** where files are saved, without a question */
  readonly downloads: string
  /** Every tab then has an authenticator that holds passkeys, and is touched by nobody. */
  start(): Promise<Browser>
  remove(): void
}

/** Nothing is asked of somebody who is not there, and nothing is looked for in the network. */
const PREFERENCES = {
  // Chosen without a dialog, since nobody sits there; the choice itself and the handshake are the browser's own.
  'security.default_personal_cert': 'Select Automatically',
  // The names of the walk are real names to the browser; only their addresses are given here.
  'network.dns.forceResolve': '127.0.0.1',
  // Passkeys are held in software.
  'security.webauth.webauthn_enable_softtoken': true,
  'security.webauth.webauthn_enable_usbtoken': false,
  // The list of files that were saved would open over the page, which may not ask for a passkey then.
  'browser.download.alwaysOpenPanel': false,
  'browser.helperApps.neverAsk.saveToDisk': 'application/x-pkcs12',
  'browser.shell.checkDefaultBrowser': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'app.update.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
}

/**
 * @param root file of the trust anchor for servers, PEM
 * @param wishes further preferences
 */
export function makeFirefox(root: string, wishes: Readonly<Record<string, number>> = {}): PersonalFirefox {
  const profile = mkdtempSync(join(tmpdir(), 'countersign-firefox-'))
  const database = `sql:${profile}`
  const downloads = join(profile, 'downloads')
  mkdirSync(downloads)
  run('certutil', '-N', '--empty-password', '-d', database)
  run('certutil', '-A', '-n', 'root', '-t', 'C,,', '-i', root, '-d', database)
  return {
    takeIn: (file, password) => run('pk12util', '-i', file, '-d', database, '-W', password),
    forget: (name) => run('certutil', '-F', '-n', name, '-d', database),
    downloads,
    start: async () => {
      const browser = await launch({
        browser: 'firefox',
        executablePath: '/usr/bin/firefox-esr',
        headless: true,
        userDataDir: profile,
        args: ['--remote-allow-system-access'],
        extraPrefsFirefox: {
          ...PREFERENCES,
          'browser.download.folderList': 2,
          'browser.download.dir': downloads,
          ...wishes,
        },
        env: browserEnvironment(profile),
      })
      await addAuthenticator(browser)
      return browser
    },
    remove: () => rmSync(profile, { recursive: true, force: true, maxRetries: 5 }),
  }
}

/** The line to the browser, which puppeteer keeps to itself. */
interface Wire {
  send(method: string, params: object): Promise<{ readonly result: unknown }>
}

/** What Firefox's own tests do: asked for where the browser's own code runs, since BiDi has no word for it. */
const ADD_AUTHENTICATOR = `Cc["@mozilla.org/webauthn/service;1"].getService(Ci.nsIWebAuthnService)
  .addVirtualAuthenticator("ctap2_1", "internal", true, true, true, true)`

async function addAuthenticator(browser: Browser): Promise<void> {
  const { connection } = browser as unknown as { readonly connection: Wire }
  const { result: tree } = await connection.send('browsingContext.getTree', { 'moz:scope': 'chrome' })
  const [{ context }] = (tree as { readonly contexts: readonly [{ readonly context: string }] }).contexts
  const { result: answer } = await connection.send('script.evaluate', {
    expression: ADD_AUTHENTICATOR,
    target: { context },
    awaitPromise: true,
  })
  if ((answer as { readonly type: string }).type !== 'success') throw new Error(JSON.stringify(answer))
}

function run(tool: string, ...args: readonly string[]): void {
  execFileSync(tool, args, { stdio: ['ignore', 'ignore', 'pipe'] })
}
