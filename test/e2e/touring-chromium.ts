import { join } from 'node:path'
import type { Page } from 'playwright-core'
import type { Test } from 'tap'
import { makeChromium } from './chromium.ts'
import type { Scenery, Tourist } from './tour.ts'

/** A Chromium that goes on the tour, and its page. Both end with the test. */
export async function tourInChromium(t: Test, { service }: Scenery): Promise<{ page: Page; tourist: Tourist }> {
  const chromium = makeChromium(join(service.home, 'root.pem'))
  t.teardown(() => chromium.remove())
  const context = await chromium.start()
  t.teardown(() => context.close())
  const page = await context.newPage()
  page.on('dialog', (dialog) => dialog.accept())
  const tourist: Tourist = {
    goto: (address) => page.goto(address),
    click: (selector) => page.click(selector),
    fill: (selector, text) => page.fill(selector, text),
    wait: (selector) => page.waitForSelector(selector),
    takeIn: chromium.takeIn,
  }
  return { page, tourist }
}
