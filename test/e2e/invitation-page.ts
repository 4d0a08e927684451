import type { BrowserContext, Download, Page } from 'playwright-core'
import t from 'tap'
import { Bench } from '../x509/tools.ts'
import type { TestService } from './service.ts'

export const bench = new Bench()
t.teardown(() => bench.close())

/** Makes an invitation and opens it; whoever is warned has read it. */
export async function openInvitation(
  service: TestService,
  context: BrowserContext,
  prepare = async (_page: Page): Promise<void> => {},
  wishes: readonly string[] = [],
): Promise<Page> {
  const { url } = (await service.command('invite', ...wishes)).data
  const page = await context.newPage()
  await prepare(page)
  await page.goto(String(url))
  await page.waitForSelector('#make:enabled')
  for (const warned of await page.locator('#naming [type=checkbox]:visible').all()) await warned.check()
  return page
}

export interface Saved {
  readonly file: string
  readonly password: string
}

/** All that were seen. */
export const passwords: string[] = []

/** Presses a button that saves, and keeps what it gives. */
export async function save(page: Page, button: string): Promise<Saved> {
  await page.waitForSelector('#save[href^="blob:"]')
  const [download] = await Promise.all([page.waitForEvent('download'), page.click(button)])
  const password = ((await page.textContent('#password')) ?? '').replaceAll(/\s/g, '')
  if (!passwords.includes(password)) passwords.push(password)
  return { file: await keep(download, download.suggestedFilename()), password }
}

let kept = 0

export async function keep(download: Download, name: string): Promise<string> {
  kept += 1
  const path = bench.file(`${kept}-${name}`, '')
  await download.saveAs(path)
  return path
}

/** What openssl finds in a file, its key in the clear. */
export function opened({ file, password }: Saved): string {
  const said = bench.run('openssl', 'pkcs12', '-in', file, '-passin', `pass:${password}`, '-nodes', '-info')
  if (!said.ok) throw new Error(said.text)
  return said.text
}

export function keyIn(text: string): string | undefined {
  return /-----BEGIN PRIVATE KEY-----[\s\S]*?-----END PRIVATE KEY-----/.exec(text)?.[0]
}

export async function certificates(service: TestService): Promise<number> {
  return (await listed(service)).length
}

/** Of the newest. */
export async function ownLabel(service: TestService): Promise<string | undefined> {
  return (await listed(service))[0]?.label
}

async function listed(service: TestService): Promise<readonly { readonly label: string }[]> {
  const { data } = await service.command('cert', 'list', '--profile', 'browser', '--limit', '1000')
  return (data as unknown as { certificates: { label: string }[] }).certificates
}

export async function leave(page: Page): Promise<void> {
  page.once('dialog', (dialog) => void dialog.accept())
  await page.close()
}
