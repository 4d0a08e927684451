import type { Page as ChromiumPage } from 'playwright-core'
import type { Page as FirefoxPage } from 'puppeteer-core'
import { eventually } from './eventually.ts'

/** A tab of either browser, with what the tests do in one. */
export interface Tab {
  readonly url: () => string
  goto(address: string): Promise<unknown>
  /** Waits until the element can be clicked. */
  click(selector: string): Promise<unknown>
  fill(selector: string, text: string): Promise<unknown>
  /** What the page that stands there now says of an element; undefined: no such element, or a page in change. */
  read(selector: string, attribute?: string): Promise<string | undefined>
}

export function tabOf(page: ChromiumPage | FirefoxPage): Tab {
  const evaluate = page.evaluate.bind(page) as (script: string) => Promise<unknown>
  return {
    url: () => page.url(),
    goto: (address) => page.goto(address),
    click: (selector) => (isChromium(page) ? page.click(selector) : page.locator(selector).click()),
    fill: (selector, text) => (isChromium(page) ? page.fill(selector, text) : page.locator(selector).fill(text)),
    read: async (selector, attribute) => {
      const value = attribute === undefined ? 'textContent' : `getAttribute(${JSON.stringify(attribute)})`
      const script = `document.querySelector(${JSON.stringify(selector)})?.${value}`
      const found = await evaluate(script).catch(() => undefined)
      return typeof found === 'string' ? found : undefined
    },
  }
}

function isChromium(page: ChromiumPage | FirefoxPage): page is ChromiumPage {
  return 'fill' in page
}

/** Waits until an element is there and shown. */
export function shown(tab: Tab, selector: string): Promise<string | undefined> {
  return eventually(
    () => tab.read(`${selector}:not([hidden])`),
    (text) => text !== undefined,
  )
}

/** Host and port of what a tab shows; empty: nothing that has one. */
export function hostOf(tab: Tab): string {
  return URL.canParse(tab.url()) ? new URL(tab.url()).host : ''
}

/** What the check page says once it rests: no step is taken at once any more. */
export interface Finding {
  readonly shown: string | undefined
  readonly label: string | undefined
  readonly remark: string | undefined
  readonly host: string
}

/** Waits for a finding of the check page that is as wished. */
export function finding(tab: Tab, wished: Partial<Finding>): Promise<Finding> {
  return eventually(
    async () => ({
      shown:
        (await tab.read('#again[data-at-once]')) === undefined ? await tab.read('#finding', 'data-shown') : undefined,
      label: await tab.read('.lead bdi'),
      remark: await tab.read('#remark', 'data-remark'),
      host: hostOf(tab).replace(/:\d+$/, ''),
    }),
    (found) => Object.entries(wished).every(([name, value]) => found[name as keyof Finding] === value),
  )
}
