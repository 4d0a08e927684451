import { crc32, deflateSync, inflateSync } from 'node:zlib'
import { IdentityError } from './errors.ts'

/** Bytes. */
const LARGEST_FILE = 64 * 1024
/** Pixels, on either side: twice what is shown, for dense screens. */
const LARGEST_SIDE = 512

/** https://www.w3.org/TR/png-3/#3PNGsignature */
const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex')

/**
 * How many values a pixel has, and in how many bits they may be written, by the type of color.
 * https://www.w3.org/TR/png-3/#11IHDR
 */
const COLORS: Readonly<Record<number, { readonly channels: number; readonly depths: readonly number[] } | undefined>> =
  {
    0: { channels: 1, depths: [1, 2, 4, 8, 16] },
    2: { channels: 3, depths: [8, 16] },
    3: { channels: 1, depths: [1, 2, 4, 8] },
    4: { channels: 2, depths: [8, 16] },
    6: { channels: 4, depths: [8, 16] },
  }
const PALETTE = 3

/** https://www.w3.org/TR/png-3/#9Filter-types */
const MOST_FILTER = 4

/** Where a pass of Adam7 begins and how far apart its pixels are. https://www.w3.org/TR/png-3/#8InterlaceMethods */
const ADAM7 = [
  { x: 0, y: 0, right: 8, down: 8 },
  { x: 4, y: 0, right: 8, down: 8 },
  { x: 0, y: 4, right: 4, down: 8 },
  { x: 2, y: 0, right: 4, down: 4 },
  { x: 0, y: 2, right: 2, down: 4 },
  { x: 1, y: 0, right: 2, down: 2 },
  { x: 0, y: 1, right: 1, down: 2 },
] as const
const WHOLE = [{ x: 0, y: 0, right: 1, down: 1 }] as const

/**
 * Reads a PNG and writes it anew: header, palette, transparency and pixels, and nothing else of what was in the file. No
 * text, no Exif, no animation, no color profile, and no byte between or behind them comes through; whatever a browser's
 * decoder could stumble over was seen here first.
 * @param file bytes of a file
 * @returns the bytes to keep
 * @throws IdentityError logo-refused
 */
export function rewritePng(file: Uint8Array): Uint8Array {
  if (file.length > LARGEST_FILE) throw refused(`It has more than ${LARGEST_FILE / 1024} KiB.`)
  const chunks = readChunks(Buffer.from(file))
  const header = readHeader(chunks[0])
  requireOrder(chunks)
  const palette = readPalette(chunks, header)
  const transparency = readTransparency(chunks, header, palette)
  const pixels = readPixels(chunks, header)
  return Buffer.concat([
    SIGNATURE,
    writeChunk('IHDR', header.bytes),
    ...(palette ? [writeChunk('PLTE', palette)] : []),
    ...(transparency ? [writeChunk('tRNS', transparency)] : []),
    writeChunk('IDAT', deflateSync(pixels, { level: 9 })),
    writeChunk('IEND', Buffer.alloc(0)),
  ])
}

/** https://www.w3.org/TR/png-3/#5Chunk-layout */
interface Chunk {
  readonly type: string
  readonly data: Buffer
}

interface Header {
  readonly width: number
  readonly height: number
  readonly depth: number
  readonly color: number
  readonly channels: number
  readonly interlaced: boolean
  readonly bytes: Buffer
}

/** Length, type, checksum: all chunks, to the last byte of the file. */
function readChunks(file: Buffer): readonly Chunk[] {
  if (!file.subarray(0, SIGNATURE.length).equals(SIGNATURE)) throw refused('It is not a PNG.')
  const chunks: Chunk[] = []
  for (let at = SIGNATURE.length; at < file.length; ) {
    if (file.length - at < 12) throw refused('It is cut off.')
    const length = file.readUInt32BE(at)
    if (length > file.length - at - 12) throw refused('It is cut off.')
    const type = file.toString('latin1', at + 4, at + 8)
    const data = file.subarray(at + 8, at + 8 + length)
    if (
      !/^[A-Za-z]{4}$/.test(type) ||
      crc32(file.subarray(at + 4, at + 8 + length)) !== file.readUInt32BE(at + 8 + length)
    )
      throw refused('It is damaged.')
    chunks.push({ type, data })
    at += length + 12
  }
  return chunks
}

/** https://www.w3.org/TR/png-3/#11IHDR */
function readHeader(chunk: Chunk | undefined): Header {
  if (chunk?.type !== 'IHDR' || chunk.data.length !== 13) throw refused('It does not begin with its header.')
  const bytes = chunk.data
  const [width, height] = [bytes.readUInt32BE(0), bytes.readUInt32BE(4)]
  const [depth, color, compression, filter, interlace] = [...bytes.subarray(8)] as [
    number,
    number,
    number,
    number,
    number,
  ]
  if (width < 1 || height < 1 || width > LARGEST_SIDE || height > LARGEST_SIDE)
    throw refused(`It may be ${LARGEST_SIDE} pixels wide and high at most.`)
  const known = COLORS[color]
  if (!known?.depths.includes(depth) || compression !== 0 || filter !== 0 || interlace > 1)
    throw refused('Its header is not one that the standard knows.')
  return { width, height, depth, color, channels: known.channels, interlaced: interlace === 1, bytes }
}

const CRITICAL: readonly string[] = ['IHDR', 'PLTE', 'IDAT', 'IEND']

/** https://www.w3.org/TR/png-3/#5ChunkOrdering */
function requireOrder(chunks: readonly Chunk[]): void {
  const critical = chunks.filter(({ type }) => /^[A-Z]/.test(type)).map(({ type }) => type)
  if (critical.some((type) => !CRITICAL.includes(type)))
    throw refused('It holds a part that the standard does not know.')
  if (!/^IHDR (PLTE )?(IDAT )+IEND$/.test(critical.join(' '))) throw refused('Its parts are not in their order.')
  if (chunks.at(-1)?.type !== 'IEND' || chunks.at(-1)?.data.length !== 0) throw refused('Something follows its end.')
  const types = chunks.map(({ type }) => type)
  const pixels = types.slice(types.indexOf('IDAT'), types.lastIndexOf('IDAT') + 1)
  if (pixels.some((type) => type !== 'IDAT')) throw refused('Something stands between its pixels.')
}

/** https://www.w3.org/TR/png-3/#11PLTE */
function readPalette(chunks: readonly Chunk[], { color, depth }: Header): Buffer | undefined {
  const palette = chunks.find(({ type }) => type === 'PLTE')?.data
  if (color !== PALETTE) return undefined
  if (!palette || palette.length === 0 || palette.length % 3 !== 0 || palette.length > 3 * 2 ** depth)
    throw refused('Its palette is missing, or has a wrong length.')
  return palette
}

/** Without it, what is transparent would be black. https://www.w3.org/TR/png-3/#11tRNS */
function readTransparency(
  chunks: readonly Chunk[],
  { color }: Header,
  palette: Buffer | undefined,
): Buffer | undefined {
  const found = chunks.filter(({ type }) => type === 'tRNS').map(({ data }) => data)
  if (found.length > 1) throw refused('Its transparency stands there twice.')
  const [transparency] = found
  if (!transparency) return undefined
  const { length } = transparency
  const fits = palette ? length > 0 && length <= palette.length / 3 : length === (TRANSPARENT_BYTES[color] ?? -1)
  if (!fits) throw refused('Its transparency has a wrong length.')
  return transparency
}

/** The one color that is transparent, by the type of color; those that have an alpha channel have none. */
const TRANSPARENT_BYTES: Readonly<Record<number, number | undefined>> = { 0: 2, 2: 6 }

/** Exactly the lines that the header promises, each with a filter that there is: a bomb ends at the first byte too many. */
function readPixels(chunks: readonly Chunk[], header: Header): Buffer {
  const lines = linesOf(header)
  const expected = lines.reduce((sum, length) => sum + length, 0)
  const pixels = inflate(Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data)), expected)
  let at = 0
  for (const length of lines) {
    if (pixels[at]! > MOST_FILTER) throw refused('Its pixels cannot be read.')
    at += length
  }
  return pixels
}

function inflate(bytes: Buffer, expected: number): Buffer {
  try {
    const pixels = inflateSync(bytes, { maxOutputLength: expected })
    if (pixels.length === expected) return pixels
  } catch (cause) {
    throw refused('Its pixels cannot be read.', cause)
  }
  throw refused('It has fewer pixels than its header says.')
}

/** The bytes of each line, its filter included, in the order in which they are written. */
function linesOf({ width, height, depth, channels, interlaced }: Header): readonly number[] {
  return (interlaced ? ADAM7 : WHOLE).flatMap(({ x, y, right, down }) => {
    const [columns, rows] = [Math.ceil((width - x) / right), Math.ceil((height - y) / down)]
    if (columns <= 0 || rows <= 0) return []
    return new Array<number>(rows).fill(1 + Math.ceil((columns * channels * depth) / 8))
  })
}

function writeChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, sum])
}

function refused(what: string, cause?: unknown): IdentityError {
  return new IdentityError(
    'logo-refused',
    `This logo cannot be taken. ${what} Give a PNG of at most ${LARGEST_SIDE} by ${LARGEST_SIDE} pixels and ${LARGEST_FILE / 1024} KiB.`,
    { cause },
  )
}
