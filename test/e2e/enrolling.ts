import { execFileSync } from 'node:child_process'
import type { PersonalBrowser } from './personal-browser.ts'
import { shown, type Tab } from './tab.ts'

/** What somebody has after the steps of the enrollment page, before the check. */
export interface EnrolledInPage {
  /** where the page is, and the authenticator with the passkey */
  readonly tab: Tab
  /** the page's link to the check */
  readonly check: string
  readonly file: string
  readonly password: string
  /** as the page shows them */
  readonly recoveryCodes: readonly string[]
  /** PEM */
  readonly certificate: string
  /** the private scalar, 32 bytes */
  readonly privateKey: Buffer
}

/** Walks through the page of an invitation, as a person does, with the passkey that it offers, and saves the file. */
export async function enrollInPage(browser: PersonalBrowser, invitation: string): Promise<EnrolledInPage> {
  const tab = await browser.newTab()
  await tab.goto(invitation)
  await tab.click('#make')
  await shown(tab, '#file')
  const password = ((await tab.read('#password')) ?? '').replaceAll(/\s/g, '')
  const file = await browser.save(tab, '#save')
  const open = (...args: readonly string[]) =>
    execFileSync('openssl', ['pkcs12', '-in', file, '-passin', `pass:${password}`, '-nodes', ...args]).toString()
  return {
    tab,
    check: (await tab.read('#check', 'href')) ?? '',
    file,
    password,
    recoveryCodes: await shownCodes(tab),
    certificate: open('-nokeys', '-clcerts'),
    privateKey: scalarOf(open('-nocerts')),
  }
}

/** The recovery codes that stand in a page. */
export async function shownCodes(tab: Tab): Promise<readonly string[]> {
  return (await tab.read('#codes'))?.match(/\w{4}(-\w{4}){3}/g) ?? []
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
