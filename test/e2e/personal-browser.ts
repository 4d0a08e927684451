import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import type { Test } from 'tap'
import { makeChromium } from './chromium.ts'
import { eventually } from './eventually.ts'
import { makeFirefox } from './firefox.ts'
import { type Tab, tabOf } from './tab.ts'

/** A person's browser, running; of either make. It ends with the test. */
export interface PersonalBrowser {
  /** Takes an identity file in while the browser runs. */
  takeIn(file: string, password: string): void
  /** with an authenticator that holds passkeys, and is touched by nobody; in Chromium each tab has one of its own */
  newTab(): Promise<Tab>
  /** Clicks in a tab, and waits for the file that is saved. @returns its path */
  save(tab: Tab, selector: string): Promise<string>
  /** addresses and bodies of all that was sent */
  readonly sent: readonly string[]
}

/** @param root file of the trust anchor for servers, PEM */
export async function openChromium(t: Test, root: string): Promise<PersonalBrowser> {
  const chromium = makeChromium(root)
  t.teardown(() => chromium.remove())
  const context = await chromium.start()
  t.teardown(() => context.close())
  const sent: string[] = []
  context.on('request', (request) => {
    sent.push(request.url(), request.postDataBuffer()?.toString('latin1') ?? '')
  })
  const downloads: Promise<string>[] = []
  context.on('page', (page) => page.on('download', (download) => downloads.push(download.path())))
  return {
    takeIn: chromium.takeIn,
    newTab: async () => {
      const page = await context.newPage()
      await addAuthenticator(page)
      return tabOf(page)
    },
    save: (tab, selector) => saved(tab, selector, async () => Promise.all(downloads)),
    sent,
  }
}

/** An authenticator of a tab in Chromium. */
interface TabAuthenticator {
  /** whether it recognizes its owner from now on */
  recognize(isOwner: boolean): Promise<unknown>
}

/** Gives a tab an authenticator that holds passkeys, and is touched by nobody. */
export async function addAuthenticator(page: Page): Promise<TabAuthenticator> {
  const session = await page.context().newCDPSession(page)
  await session.send('WebAuthn.enable')
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  return {
    recognize: (isUserVerified) => session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }),
  }
}

/** @param root file of the trust anchor for servers, PEM */
export async function openFirefox(t: Test, root: string): Promise<PersonalBrowser> {
  const firefox = makeFirefox(root)
  t.teardown(() => firefox.remove())
  const browser = await firefox.start()
  t.teardown(() => browser.close())
  const sent: string[] = []
  const finished = async () => {
    const names = readdirSync(firefox.downloads)
    return names.some((name) => name.endsWith('.part')) ? [] : names.map((name) => join(firefox.downloads, name))
  }
  return {
    takeIn: firefox.takeIn,
    newTab: async () => {
      const page = await browser.newPage()
      page.on('requestfinished', async (request) => {
        const body = request.hasPostData() ? await request.fetchPostData().catch(() => undefined) : undefined
        sent.push(request.url(), body ?? '')
      })
      return tabOf(page)
    },
    save: (tab, selector) => saved(tab, selector, finished),
    sent,
  }
}

async function saved(tab: Tab, selector: string, files: () => Promise<readonly string[]>): Promise<string> {
  const before = await files()
  await tab.click(selector)
  const all = await eventually(files, (found) => found.length > before.length)
  return all.find((file) => !before.includes(file))!
}
