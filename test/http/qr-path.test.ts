import t from 'tap'
import { encode } from 'uqr'
import { qrPath } from '../../src/http/qr-path.ts'

const URI =
  'otpauth://totp/Countersign:Laptop?issuer=Countersign&secret=ABCDEFGHIJKLMNOPQRSTUVWXYZ234567&algorithm=SHA1&digits=6&period=30'

/** Draws the path on a grid, as a browser would. */
function draw({ size, path }: { size: number; path: string }): boolean[][] {
  const grid = Array.from({ length: size }, () => Array.from({ length: size }, () => false))
  for (const [, x, y, run] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g)) {
    for (let i = 0; i < Number(run); i++) grid[Number(y)]![Number(x) + i] = true
  }
  return grid
}

t.test('the path draws the code’s modules, with a quiet zone of four', async (t) => {
  const qr = qrPath(URI)
  const drawn = draw(qr)
  t.same(drawn, encode(URI, { ecc: 'M', border: 4 }).data)
  t.equal(qr.path.replace(/M\d+ \d+h\d+v1h-\d+z/g, ''), '')
  for (const line of [
    ...drawn.slice(0, 4),
    ...drawn.slice(-4),
    ...drawn.map((row) => [...row.slice(0, 4), ...row.slice(-4)]),
  ]) {
    t.notOk(line.includes(true))
  }
})
