/** The kind of machine, spelled as the service spells it. */
export type Machine =
  | 'windows'
  | 'mac'
  | 'iphone'
  | 'ipad'
  | 'android-phone'
  | 'android-tablet'
  | 'chromebook'
  | 'linux'
  | 'other'

/** Whose guide to show: the system's, where browsers use the system's certificates; Firefox keeps its own. */
export type Guide = 'windows' | 'mac' | 'ios' | 'android' | 'linux' | 'firefox'

/** What a browser says of itself. */
export interface BrowserTraits {
  readonly userAgent: string
  /** https://wicg.github.io/ua-client-hints/#dom-navigatoruadata-platform where the browser has it */
  readonly platform?: string | undefined
  readonly mobile?: boolean | undefined
  readonly touchPoints: number
}

export interface Surroundings {
  readonly machine: Machine
  readonly guide: Guide
  /** on iPhones and iPads only Safari can show a certificate, and this is another browser */
  readonly needsSafari: boolean
}

/** What the page is open in. A guess, which its owner may correct. */
export function recognize(traits: BrowserTraits): Surroundings {
  const machine = machineOf(traits)
  const { userAgent } = traits
  if (machine === 'iphone' || machine === 'ipad') {
    return { machine, guide: 'ios', needsSafari: /FxiOS|CriOS|EdgiOS|OPiOS|DuckDuckGo|GSA\//.test(userAgent) }
  }
  const ownStore = /Firefox\//.test(userAgent) && !/Android/.test(userAgent)
  return { machine, guide: ownStore ? 'firefox' : GUIDES[machine], needsSafari: false }
}

/** This browser's own words. */
export function traitsOf(
  browser: Navigator & { userAgentData?: { platform: string; mobile: boolean } },
): BrowserTraits {
  const { userAgent, maxTouchPoints: touchPoints, userAgentData } = browser
  return { userAgent, touchPoints, platform: userAgentData?.platform, mobile: userAgentData?.mobile }
}

const GUIDES: Readonly<Record<Machine, Guide>> = {
  windows: 'windows',
  mac: 'mac',
  iphone: 'ios',
  ipad: 'ios',
  'android-phone': 'android',
  'android-tablet': 'android',
  chromebook: 'linux',
  linux: 'linux',
  other: 'windows',
}

/** The first that fits. iPads call themselves Macs, but no Mac has a touch screen. */
const MACHINES: readonly (readonly [is: (traits: BrowserTraits) => boolean, machine: Machine])[] = [
  [({ platform }) => platform === 'Windows', 'windows'],
  [({ platform }) => platform === 'Chrome OS' || platform === 'Chromium OS', 'chromebook'],
  [({ platform, mobile }) => platform === 'Android' && mobile === true, 'android-phone'],
  [({ platform }) => platform === 'Android', 'android-tablet'],
  [({ userAgent }) => /iPhone|iPod/.test(userAgent), 'iphone'],
  [({ userAgent }) => /iPad/.test(userAgent), 'ipad'],
  [({ userAgent, touchPoints }) => /Macintosh/.test(userAgent) && touchPoints > 1, 'ipad'],
  [({ userAgent }) => /Android.*Mobile/.test(userAgent), 'android-phone'],
  [({ userAgent }) => /Android/.test(userAgent), 'android-tablet'],
  [({ userAgent }) => /CrOS/.test(userAgent), 'chromebook'],
  [({ userAgent }) => /Windows/.test(userAgent), 'windows'],
  [({ userAgent }) => /Macintosh|Mac OS X/.test(userAgent), 'mac'],
  [({ userAgent }) => /Linux|X11|BSD/.test(userAgent), 'linux'],
]

function machineOf(traits: BrowserTraits): Machine {
  return MACHINES.find(([is]) => is(traits))?.[1] ?? 'other'
}
