/** Kinds of machines, as a browser describes its own: what a device is proposed to be called, and is shown as. A guess, never a proof. */
export const PLATFORMS = [
  'windows',
  'mac',
  'iphone',
  'ipad',
  'android-phone',
  'android-tablet',
  'chromebook',
  'linux',
  'other',
] as const
export type Platform = (typeof PLATFORMS)[number]
