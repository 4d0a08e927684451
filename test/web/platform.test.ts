import t from 'tap'
import { PLATFORMS } from '../../src/domain/enrollment/platform.ts'
import { type BrowserTraits, type Guide, type Machine, recognize, traitsOf } from '../../src/web/platform.ts'

const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)'
const CHROME = `${WEBKIT} Chrome/156.0.0.0`
const IOS_WEBKIT = 'AppleWebKit/605.1.15 (KHTML, like Gecko)'

/** As browsers describe themselves; hints where Chromium gives them. */
const BROWSERS: readonly (readonly [Partial<BrowserTraits> & { userAgent: string }, Machine, Guide])[] = [
  [
    { userAgent: `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${CHROME} Safari/537.36`, platform: 'Windows' },
    'windows',
    'windows',
  ],
  [
    { userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:153.0) Gecko/20100101 Firefox/153.0' },
    'windows',
    'firefox',
  ],
  [
    { userAgent: `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${CHROME} Safari/537.36`, platform: 'macOS' },
    'mac',
    'mac',
  ],
  [
    { userAgent: `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${IOS_WEBKIT} Version/19.0 Safari/605.1.15` },
    'mac',
    'mac',
  ],
  [
    { userAgent: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:153.0) Gecko/20100101 Firefox/153.0' },
    'mac',
    'firefox',
  ],
  [
    {
      userAgent: `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${IOS_WEBKIT} Version/19.0 Safari/605.1.15`,
      touchPoints: 5,
    },
    'ipad',
    'ios',
  ],
  [
    {
      userAgent: `Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) ${IOS_WEBKIT} Version/19.0 Mobile/15E148 Safari/604.1`,
    },
    'iphone',
    'ios',
  ],
  [{ userAgent: `Mozilla/5.0 (iPad; CPU OS 15_0 like Mac OS X) ${IOS_WEBKIT} Mobile/15E148` }, 'ipad', 'ios'],
  [
    {
      userAgent: `Mozilla/5.0 (Linux; Android 10; K) ${CHROME} Mobile Safari/537.36`,
      platform: 'Android',
      mobile: true,
    },
    'android-phone',
    'android',
  ],
  [
    { userAgent: `Mozilla/5.0 (X11; Linux x86_64) ${CHROME} Safari/537.36`, platform: 'Android', mobile: false },
    'android-tablet',
    'android',
  ],
  [{ userAgent: 'Mozilla/5.0 (Android 16; Mobile; rv:153.0) Gecko/153.0 Firefox/153.0' }, 'android-phone', 'android'],
  [{ userAgent: `Mozilla/5.0 (Linux; Android 16; K) ${CHROME} Safari/537.36` }, 'android-tablet', 'android'],
  [
    { userAgent: `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${CHROME} Safari/537.36`, platform: 'Chrome OS' },
    'chromebook',
    'linux',
  ],
  [{ userAgent: `Mozilla/5.0 (X11; Linux x86_64) ${CHROME} Safari/537.36`, platform: 'Linux' }, 'linux', 'linux'],
  [{ userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0' }, 'linux', 'firefox'],
  [{ userAgent: '' }, 'other', 'windows'],
]

t.test('machine and guide, by what browsers say of themselves', async (t) => {
  for (const [traits, machine, guide] of BROWSERS)
    t.match(recognize({ touchPoints: 0, ...traits }), { machine, guide, needsSafari: false }, traits.userAgent)
  const seen = new Set(BROWSERS.map(([, machine]) => machine))
  t.strictSame([...seen].toSorted(), PLATFORMS.toSorted(), 'every kind that the service knows')
})

t.test('on an iPhone only Safari can show a certificate', async (t) => {
  const phone = `Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) ${IOS_WEBKIT}`
  for (const other of ['CriOS/150.0', 'FxiOS/150.0', 'EdgiOS/150.0'])
    t.match(recognize({ userAgent: `${phone} ${other} Mobile/15E148`, touchPoints: 5 }), {
      guide: 'ios',
      needsSafari: true,
    })
})

t.test('a browser’s own words', async (t) => {
  const browser = { userAgent: 'a', maxTouchPoints: 2, userAgentData: { platform: 'Linux', mobile: false } }
  t.strictSame(traitsOf(browser as unknown as Navigator), {
    userAgent: 'a',
    touchPoints: 2,
    platform: 'Linux',
    mobile: false,
  })
  t.match(traitsOf({ userAgent: 'a', maxTouchPoints: 0 } as Navigator), { platform: undefined })
})
