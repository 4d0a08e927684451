import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, launch } from 'puppeteer-core'

/** A person's Firefox: a profile with a certificate database of its own. */
export interface PersonalFirefox {
  /** Takes an identity file into the database, as a person does in the settings. */
  takeIn(file: string, password: string): void
  /** Deletes a certificate and its key by the name under which it was taken in. */
  forget(name: string): void
  /** where files are saved, without a question */
  readonly downloads: string
  start(): Promise<Browser>
  remove(): void
}

/** Nothing is asked of somebody who is not there, and nothing is looked for in the network. */
const PREFERENCES = {
  // Chosen without a dialog, since nobody sits there; the choice itself and the handshake are the browser's own.
  'security.default_personal_cert': 'Select Automatically',
  // The names of the walk are real names to the browser; only their addresses are given here.
  'network.dns.forceResolve': '127.0.0.1',
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
    start: () =>
      launch({
        browser: 'firefox',
        executablePath: '/usr/bin/firefox-esr',
        headless: true,
        userDataDir: profile,
        extraPrefsFirefox: {
          ...PREFERENCES,
          'browser.download.folderList': 2,
          'browser.download.dir': downloads,
          ...wishes,
        },
        env: { PATH: process.env.PATH ?? '', HOME: profile },
      }),
    remove: () => rmSync(profile, { recursive: true, force: true, maxRetries: 5 }),
  }
}

function run(tool: string, ...args: readonly string[]): void {
  execFileSync(tool, args, { stdio: ['ignore', 'ignore', 'pipe'] })
}
