import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type BrowserContext, chromium } from 'playwright-core'
import { command, type Home } from './home.ts'

const TIMES = 11

/**
 * In a headless Chromium that trusts the home's root: an invitation is opened, the button pressed.
 * @param portal the listener's address: a command beside a server on any free port cannot know it
 * @returns ms from each click to the moment in which the file can be saved; the first one is left out
 */
export async function enrollmentTimes(home: Home, portal: string): Promise<readonly number[]> {
  const context = await start(home)
  try {
    const times: number[] = []
    for (let time = 0; time <= TIMES; time += 1) times.push(await enrollOnce(context, home, portal))
    return times.slice(1)
  } finally {
    await context.close()
  }
}

async function enrollOnce(context: BrowserContext, home: Home, portal: string): Promise<number> {
  const { url } = await command(home.folder, 'invite')
  const page = await context.newPage()
  page.on('dialog', (dialog) => dialog.accept())
  await page.goto(portal + new URL(String(url)).pathname)
  await page.waitForSelector('#make:enabled')
  const began = performance.now()
  await page.click('#make')
  await page.waitForSelector('#save[href^="blob:"]')
  const ms = performance.now() - began
  await page.close()
  return ms
}

/** Chromium on Linux reads its anchors from a database in the home of whoever starts it. */
async function start(home: Home): Promise<BrowserContext> {
  const person = join(home.folder, 'person')
  const database = join(person, '.pki', 'nssdb')
  mkdirSync(database, { recursive: true })
  const certutil = (...args: readonly string[]) => execFileSync('certutil', [...args, '-d', `sql:${database}`])
  certutil('-N', '--empty-password')
  certutil('-A', '-n', 'root', '-t', 'C,,', '-i', join(home.folder, 'root.pem'))
  return chromium.launchPersistentContext(join(person, 'profile'), {
    executablePath: '/usr/bin/chromium',
    headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    env: { PATH: process.env.PATH ?? '', HOME: person },
  })
}
