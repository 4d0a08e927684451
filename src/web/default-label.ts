/** What a browser's own description says of the machine; the first that fits. */
const MACHINES: readonly (readonly [RegExp, string])[] = [
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android.*Mobile/, 'Android phone'],
  [/Android/, 'Android tablet'],
  [/CrOS/, 'Chromebook'],
  [/Windows/, 'Windows computer'],
  [/Macintosh|Mac OS X/, 'Mac'],
  [/Linux|X11|BSD/, 'Linux computer'],
]

/** A name for this device that its owner will know again in the browser's picker, as in "Mac, Nov 2026". */
export function defaultLabel(userAgent: string, today: Date): string {
  const machine = MACHINES.find(([pattern]) => pattern.test(userAgent))?.[1] ?? 'Computer'
  const month = today.toLocaleDateString('en', { month: 'short' })
  return `${machine}, ${month} ${today.getFullYear()}`
}
