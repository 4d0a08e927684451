import { closeSync, openSync, readFileSync, readSync } from 'node:fs'

/** Read at once, bytes; what lies across two pieces is found by their overlap. */
const PIECE = 1 << 22

/**
 * What is found of these in all the memory that a process may write to, as it stands at this moment: what a core of it
 * would hold.
 */
export function heldInMemory(pid: number, needles: Readonly<Record<string, Buffer>>): readonly string[] {
  const longest = Math.max(...Object.values(needles).map(({ length }) => length))
  const found = new Set<string>()
  const memory = openSync(`/proc/${pid}/mem`, 'r')
  const piece = Buffer.alloc(PIECE + longest)
  try {
    for (const { start, end } of writable(pid)) {
      for (let at = start; at < end; at += PIECE) {
        const length = readAt(memory, piece, Math.min(PIECE + longest, end - at), at)
        const read = piece.subarray(0, length)
        for (const [name, needle] of Object.entries(needles)) if (read.includes(needle)) found.add(name)
      }
    }
  } finally {
    closeSync(memory)
  }
  return [...found]
}

function writable(pid: number): readonly { readonly start: number; readonly end: number }[] {
  const lines = readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n')
  return lines
    .filter((line) => /^[0-9a-f]+-[0-9a-f]+ rw/.test(line))
    .map((line) => line.split(' ', 1)[0]!.split('-'))
    .map(([start = '', end = '']) => ({ start: Number.parseInt(start, 16), end: Number.parseInt(end, 16) }))
}

/** A page that went away meanwhile holds nothing. */
function readAt(memory: number, into: Buffer, length: number, at: number): number {
  try {
    return readSync(memory, into, 0, length, at)
  } catch {
    return 0
  }
}
