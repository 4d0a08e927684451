import { encode } from 'uqr'

/** A QR code as the path of an SVG of `size` by `size` units, quiet zone included: no style, no markup to trust. */
export interface QrPath {
  readonly size: number
  readonly path: string
}

/** https://www.qrcode.com/en/howto/code.html: four modules around it, or some cameras do not see it. */
const QUIET_ZONE = 4

/** Draws dark modules, a rectangle for each run in a row. */
export function qrPath(text: string): QrPath {
  const { size, data } = encode(text, { ecc: 'M', border: QUIET_ZONE })
  return { size, path: data.map(rowPath).join('') }
}

function rowPath(modules: readonly boolean[], y: number): string {
  const row = modules.map((dark) => (dark ? 'x' : ' ')).join('')
  return Array.from(row.matchAll(/x+/g), ({ index, 0: { length } }) => `M${index} ${y}h${length}v1h-${length}z`).join(
    '',
  )
}
