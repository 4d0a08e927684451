import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'
import t from 'tap'
import { openScenery, STOPS } from './tour.ts'
import { tourInChromium } from './touring-chromium.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

t.test('whoever cannot see, or uses no mouse, meets no obstacle on any page', async (t) => {
  const scenery = await openScenery(t)
  const { page, tourist } = await tourInChromium(t, scenery)

  for (const stop of STOPS) {
    await t.test(stop.name, async (t) => {
      await stop.go(tourist, scenery)
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
        t.same(await violations(page), [], colorScheme)
      }
      t.same(await unmarked(page), [], 'where the keyboard is can be seen')
      t.ok(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), 'nothing sticks out')
    })
  }
})

/** What axe finds, as rule and place. */
async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE)
  const found = (await page.evaluate('axe.run({ resultTypes: ["violations"] })')) as AxeResults
  return found.violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`))
}

/** Elements that the keyboard reaches and that do not show it. */
async function unmarked(page: Page): Promise<readonly string[]> {
  const silent = new Set<string>()
  for (let step = 0; step < 12; step += 1) {
    await page.keyboard.press('Tab')
    const reached = await page.evaluate(`(() => {
      const at = document.activeElement
      if (!at || at === document.body) return undefined
      const { outlineStyle, outlineWidth } = getComputedStyle(at)
      return outlineStyle === 'none' || outlineWidth === '0px' ? at.outerHTML.slice(0, 80) : undefined
    })()`)
    if (typeof reached === 'string') silent.add(reached)
  }
  return [...silent]
}
