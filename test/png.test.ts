import { crc32, deflateSync } from 'node:zlib'
import t from 'tap'
import { rewritePng } from '../src/png.ts'

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex')
const REFUSED = { code: 'logo-refused' }

function chunk(type: string, data: Uint8Array = Buffer.alloc(0)): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, sum])
}

interface Picture {
  readonly width?: number
  readonly height?: number
  readonly depth?: number
  readonly color?: number
  readonly interlace?: number
}

function header({ width = 4, height = 4, depth = 8, color = 6, interlace = 0 }: Picture = {}): Buffer {
  const data = Buffer.alloc(13)
  data.writeUInt32BE(width, 0)
  data.writeUInt32BE(height, 4)
  data.set([depth, color, 0, 0, interlace], 8)
  return chunk('IHDR', data)
}

/** Four lines of four pixels, each with a filter byte: a plain red-green-blue-alpha picture. */
const PIXELS = Buffer.alloc(4 * (1 + 4 * 4), 1)
const IDAT = chunk('IDAT', deflateSync(PIXELS))
const IEND = chunk('IEND')
const png = (...chunks: readonly Uint8Array[]) => Buffer.concat([SIGNATURE, ...chunks])
const GOOD = png(header(), IDAT, IEND)

/** The chunks of a file that was written by us. */
function typesOf(file: Uint8Array): readonly string[] {
  const bytes = Buffer.from(file)
  const types: string[] = []
  for (let at = 8; at < bytes.length; at += bytes.readUInt32BE(at) + 12)
    types.push(bytes.toString('latin1', at + 4, at + 8))
  return types
}

t.test('a picture comes through, and is the same when it is written once more', async (t) => {
  const written = rewritePng(GOOD)
  t.same(typesOf(written), ['IHDR', 'IDAT', 'IEND'])
  t.same(rewritePng(written), written)
})

t.test('nothing comes through but header, palette, transparency and pixels', async (t) => {
  const secret = Buffer.from('Comment\0where it was made')
  const palette = chunk('PLTE', Buffer.alloc(6))
  const line = chunk('IDAT', deflateSync(Buffer.alloc(4 * 5)))
  for (const type of ['tEXt', 'zTXt', 'iTXt', 'eXIf', 'iCCP', 'tIME', 'acTL', 'fcTL', 'fdAT', 'prVt', 'gAMA']) {
    const written = Buffer.from(rewritePng(png(header(), chunk(type, secret), IDAT, chunk(type, secret), IEND)))
    t.same(typesOf(written), ['IHDR', 'IDAT', 'IEND'], type)
    t.notOk(written.includes('where it was made'), type)
  }
  const written = rewritePng(png(header({ color: 3 }), palette, chunk('tRNS', Buffer.of(0, 255)), line, IEND))
  t.same(typesOf(written), ['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND'])
  t.same(typesOf(rewritePng(png(header(), palette, IDAT, IEND))), ['IHDR', 'IDAT', 'IEND'], 'a palette of no use')
})

t.test('bytes behind the compressed pixels do not come through', async (t) => {
  const data = Buffer.concat([deflateSync(PIXELS), Buffer.from('<script>alert(1)</script>')])
  t.notOk(Buffer.from(rewritePng(png(header(), chunk('IDAT', data), IEND))).includes('script'))
})

t.test('every kind of picture has the lines that its header promises', async (t) => {
  for (const [picture, lines] of [
    [{ color: 0, depth: 1, width: 9 }, [3, 3, 3, 3]],
    [{ color: 0, depth: 16 }, [9, 9, 9, 9]],
    [{ color: 2 }, [13, 13, 13, 13]],
    [{ color: 4, depth: 16, height: 1 }, [17]],
    [{ color: 0, interlace: 1 }, [2, 2, 3, 3, 3, 5, 5]],
    [{ color: 0, interlace: 1, width: 1, height: 1 }, [2]],
    [{ color: 0, interlace: 1, width: 8, height: 8 }, [2, 2, 3, 3, 3, 5, 5, 5, 5, 5, 5, 9, 9, 9, 9]],
  ] as const) {
    const pixels = Buffer.concat(lines.map((length) => Buffer.alloc(length)))
    const made = (bytes: Buffer) => png(header(picture), chunk('IDAT', deflateSync(bytes)), IEND)
    t.ok(rewritePng(made(pixels)), JSON.stringify(picture))
    t.throws(() => rewritePng(made(pixels.subarray(1))), REFUSED, 'a byte too few')
    t.throws(() => rewritePng(made(Buffer.concat([pixels, Buffer.alloc(1)]))), REFUSED, 'a byte too many')
  }
})

t.test('what is no picture, or more than one, is refused', async (t) => {
  const [half, rest] = [
    chunk('IDAT', deflateSync(PIXELS).subarray(0, 9)),
    chunk('IDAT', deflateSync(PIXELS).subarray(9)),
  ]
  t.ok(rewritePng(png(header(), half, rest, IEND)), 'pixels may be cut')
  const hostile: Readonly<Record<string, Uint8Array>> = {
    nothing: Buffer.alloc(0),
    signature: SIGNATURE,
    svg: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
    jpeg: Buffer.from('ffd8ffe000104a464946', 'hex'),
    'too large a file': png(header(), chunk('tEXt', Buffer.alloc(65_536)), IDAT, IEND),
    'something behind the end': Buffer.concat([GOOD, Buffer.from('PK')]),
    'a chunk behind the end': Buffer.concat([GOOD, chunk('tEXt')]),
    'no end': png(header(), IDAT),
    'an end that holds something': png(header(), IDAT, chunk('IEND', Buffer.of(1))),
    'no pixels': png(header(), IEND),
    'two headers': png(header(), header(), IDAT, IEND),
    'header not first': png(chunk('tEXt'), header(), IDAT, IEND),
    'a short header': png(chunk('IHDR', Buffer.alloc(12)), IDAT, IEND),
    'something between the pixels': png(header(), half, chunk('tEXt'), rest, IEND),
    'a critical part that nobody knows': png(header(), chunk('EVIL'), IDAT, IEND),
    'a wrong checksum': Buffer.concat([GOOD.subarray(0, -1), Buffer.of(0)]),
    'a length beyond the file': png(header(), Buffer.from('7fffffff49444154', 'hex'), Buffer.alloc(8)),
    'a length of 32 bits': png(header(), Buffer.from('ffffffff49444154', 'hex'), Buffer.alloc(8)),
    'a type that is no word': png(header(), chunk('I\0AT'), IEND),
    'no palette': png(header({ color: 3 }), chunk('IDAT', deflateSync(Buffer.alloc(20))), IEND),
    'a palette of two thirds': png(
      header({ color: 3 }),
      chunk('PLTE', Buffer.alloc(5)),
      chunk('IDAT', deflateSync(Buffer.alloc(20))),
      IEND,
    ),
    'a palette of too many': png(
      header({ color: 3, depth: 1 }),
      chunk('PLTE', Buffer.alloc(9)),
      chunk('IDAT', deflateSync(Buffer.alloc(8))),
      IEND,
    ),
    'transparency beside alpha': png(header(), chunk('tRNS', Buffer.alloc(6)), IDAT, IEND),
    'transparency twice': png(
      header({ color: 2 }),
      chunk('tRNS', Buffer.alloc(6)),
      chunk('tRNS', Buffer.alloc(6)),
      chunk('IDAT', deflateSync(Buffer.alloc(4 * 13))),
      IEND,
    ),
    'a filter that is none': png(header(), chunk('IDAT', deflateSync(Buffer.alloc(PIXELS.length, 5))), IEND),
    'pixels that are not compressed': png(header(), chunk('IDAT', PIXELS), IEND),
    'a bomb': png(header(), chunk('IDAT', deflateSync(Buffer.alloc(40_000_000))), IEND),
    'no width': png(header({ width: 0 }), IDAT, IEND),
    'too wide': png(header({ width: 513, height: 1 }), chunk('IDAT', deflateSync(Buffer.alloc(1 + 513 * 4))), IEND),
    'as wide as can be written': png(header({ width: 0xffff_ffff, height: 1 }), IDAT, IEND),
    'a depth that is none': png(header({ depth: 3 }), IDAT, IEND),
    'colors that are none': png(header({ color: 1 }), IDAT, IEND),
    'interlaced in another way': png(header({ interlace: 2 }), IDAT, IEND),
  }
  for (const [name, file] of Object.entries(hostile)) t.throws(() => rewritePng(file), REFUSED, name)
})

t.test('no cut and no flipped bit of a file ends in anything but a picture or a refusal', async (t) => {
  for (let at = 0; at < GOOD.length; at++) {
    t.throws(() => rewritePng(GOOD.subarray(0, at)), REFUSED)
    for (let bit = 1; bit < 256; bit <<= 1) {
      const flipped = Buffer.from(GOOD)
      flipped[at]! ^= bit
      t.throws(() => rewritePng(flipped), REFUSED)
    }
  }
})
