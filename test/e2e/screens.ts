import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { makeFirefox } from './firefox.ts'
import { openScenery, type Scenery, STOPS, type Stop, type Tourist } from './tour.ts'
import { tourInChromium } from './touring-chromium.ts'

// `npm run screens`: every page as people see it, in both browsers, narrow and wide, light and dark.

const FOLDER = fileURLToPath(new URL('../../screens/', import.meta.url))
const WIDTHS = [375, 1280] as const
const SCHEMES = ['light', 'dark'] as const
const HEIGHT = 800

mkdirSync(FOLDER, { recursive: true })
t.setTimeout(0)

t.test('Chromium', async (t) => {
  const scenery = await openScenery(t)
  const { page, tourist } = await tourInChromium(t, scenery)
  await lead(tourist, scenery, async ({ name }) => {
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: HEIGHT })
        await page.screenshot({ path: picture('chromium', name, width, colorScheme), fullPage: true })
      }
    }
  })
})

for (const scheme of SCHEMES)
  t.test(`Firefox, ${scheme}`, async (t) => {
    const scenery = await openScenery(t)
    const firefox = makeFirefox(join(scenery.service.home, 'root.pem'), {
      'layout.css.prefers-color-scheme.content-override': scheme === 'dark' ? 0 : 1,
    })
    t.teardown(() => firefox.remove())
    const browser = await firefox.start()
    t.teardown(() => browser.close())
    const page = await browser.newPage()
    page.on('dialog', (dialog) => dialog.accept())
    const tourist: Tourist = {
      goto: (address) => page.goto(address),
      click: (selector) => page.click(selector),
      fill: async (selector, text) => (await page.$(selector))?.type(text),
      wait: (selector) => page.waitForSelector(selector, { visible: true }),
      takeIn: firefox.takeIn,
    }
    await lead(tourist, scenery, async ({ name }) => {
      for (const width of WIDTHS) {
        await page.setViewport({ width, height: HEIGHT })
        await page.screenshot({ path: picture('firefox', name, width, scheme), fullPage: true })
      }
    })
  })

async function lead(tourist: Tourist, scenery: Scenery, at: (stop: Stop) => Promise<void>): Promise<void> {
  for (const stop of STOPS) {
    await stop.go(tourist, scenery)
    await at(stop)
  }
}

function picture(browser: string, name: string, width: number, scheme: string): `${string}.png` {
  return `${join(FOLDER, `${name}-${width}-${scheme}-${browser}`)}.png`
}
