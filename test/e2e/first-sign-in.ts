import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import type { Test } from 'tap'
import { LISTENERS } from '../../src/config.ts'
import { type Environment, ended, environment } from './cli.ts'
import { enrollInPage } from './enrolling.ts'
import { eventually } from './eventually.ts'
import { openChromium, type PersonalBrowser } from './personal-browser.ts'
import { emptyFolder, freePort } from './started-site.ts'
import { finding, type Tab } from './tab.ts'

/** Told as each part of the way is done. */
export type Lap = (done: string) => void

/**
 * What somebody does who has a checkout and nothing else, by the commands of the README: he starts the service, makes a
 * site and starts it, enrolls his browser, and signs in there.
 * @returns what the site says to him
 */
export async function firstSignIn(t: Test, checkout: string, lap: Lap): Promise<string | undefined> {
  const home = join(emptyFolder(t), 'certs-dev')
  const settings = { COUNTERSIGN_HOME: home, ...(await ownAddresses()) }
  const invitation = await startByNpm(t, checkout, settings, /https:\S+\/enroll\/\S+/)
  lap('npm start')

  const folder = join(emptyFolder(t), 'site')
  const port = String(await freePort())
  await run('npx', ['countersign', 'site', 'init', folder, '--port', port], { cwd: checkout, env: own(settings) })
  lap('npx countersign site init')
  const address = await startByNpm(t, folder, {}, /^https:\S+/)
  lap('npm start, of the site')

  const browser = await openChromium(t, join(home, 'root.pem'))
  const tab = await enrolled(browser, invitation)
  lap('the browser is enrolled')
  const said = await signIn(tab, address)
  lap('signed in')
  return said
}

const run = promisify(execFile)

/** As in a person's shell: the machine's own Node, not the one that npm brings to the tests. */
function own(settings: Environment): Record<string, string> {
  const { PATH = '', ...rest } = environment(settings)
  const folders = PATH.split(delimiter).filter((folder) => !folder.endsWith(join('node_modules', '.bin')))
  return { ...rest, PATH: folders.join(delimiter) }
}

/** Nobody else's on this machine at this moment. */
async function ownAddresses(): Promise<Environment> {
  const entries = LISTENERS.map(async (name) => {
    const scheme = name === 'pki' || name === 'ops' ? 'http' : 'https'
    const host = name === 'ops' ? '127.0.0.1' : 'localhost'
    return [`COUNTERSIGN_${name.toUpperCase()}_URL`, `${scheme}://${host}:${await freePort()}`] as const
  })
  return Object.fromEntries(await Promise.all(entries))
}

/** Runs `npm start` in a folder, until the test ends. @returns what is wanted of its output, once it is there */
async function startByNpm(t: Test, cwd: string, settings: Environment, wanted: RegExp): Promise<string> {
  const child = spawn('npm', ['start'], { cwd, env: own(settings), detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  t.teardown(() => endGroup(child))
  let complaints = ''
  child.stderr.on('data', (piece) => {
    complaints += piece
  })
  for await (const line of createInterface(child.stdout)) {
    const found = wanted.exec(line)
    if (!found) continue
    child.stdout.resume()
    return found[0]
  }
  throw new Error(`npm start in ${cwd} ended: ${complaints}`)
}

/** npm does not hand a signal on to what it has started. */
async function endGroup(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  process.kill(-child.pid, 'SIGKILL')
  await ended(child)
}

async function enrolled(browser: PersonalBrowser, invitation: string): Promise<Tab> {
  const { tab, file, password, check } = await enrollInPage(browser, invitation)
  browser.takeIn(file, password)
  await tab.click('#done')
  await tab.goto(check)
  await finding(tab, { shown: 'enrolled' })
  return tab
}

/** The site sends him to prove himself, which is a touch of his passkey, and from there he comes back. */
async function signIn(tab: Tab, address: string): Promise<string | undefined> {
  // the page that asks for a passkey may be gone before it is there
  await tab.goto(address).catch(() => undefined)
  return eventually(
    async () => {
      if ((await tab.read('#passkey:enabled')) !== undefined) await tab.click('#passkey').catch(() => undefined)
      return tab.url() === address ? tab.read('body') : undefined
    },
    (text) => text !== undefined && text !== '',
  )
}
