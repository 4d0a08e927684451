import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium } from 'playwright-core'
import { browserEnvironment } from './browser-environment.ts'

/** A person's Chromium: a home with an NSS database of its own, which is where Chromium on Linux keeps certificates. */
export interface PersonalChromium {
  /** Takes an identity file into the database, as a person does on the certificates page. */
  takeIn(file: string, password: string): void
  start(): Promise<BrowserContext>
  remove(): void
}

/** Chosen without a picker, since nobody sits there; the choice itself and the handshake are the browser's own. */
const PREFERENCES = {
  profile: { content_settings: { exceptions: { auto_select_certificate: { '*,*': { setting: { filters: [{}] } } } } } },
}

const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // The two names of the walk are real names to the browser; only their addresses are given here.
  '--host-resolver-rules=MAP *.test 127.0.0.1',
]

/** @param root file of the trust anchor for servers, PEM */
export function makeChromium(root: string): PersonalChromium {
  const home = mkdtempSync(join(tmpdir(), 'countersign-chromium-'))
  const database = join(home, '.pki', 'nssdb')
  const profile = join(home, 'profile')
  mkdirSync(database, { recursive: true })
  mkdirSync(join(profile, 'Default'), { recursive: true })
  writeFileSync(join(profile, 'Default', 'Preferences'), JSON.stringify(PREFERENCES))
  run('certutil', '-N', '--empty-password', '-d', `sql:${database}`)
  run('certutil', '-A', '-n', 'root', '-t', 'C,,', '-i', root, '-d', `sql:${database}`)
  return {
    takeIn: (file, password) => run('pk12util', '-i', file, '-d', `sql:${database}`, '-W', password),
    start: () =>
      chromium.launchPersistentContext(profile, {
        executablePath: '/usr/bin/chromium',
        headless: true,
        args: QUIET,
        acceptDownloads: true,
        env: browserEnvironment(home),
      }),
    remove: () => rmSync(home, { recursive: true, force: true }),
  }
}

function run(tool: string, ...args: readonly string[]): void {
  execFileSync(tool, args, { stdio: ['ignore', 'ignore', 'pipe'] })
}
