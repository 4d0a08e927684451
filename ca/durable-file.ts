import { randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Puts a file in its place whole or not at all, whatever is cut off when: written beside it, flushed, renamed, and the
 * folder flushed.
 */
export function writeDurably(path: string, content: string | Uint8Array, mode: number): void {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.new`
  try {
    writeFlushed(temporary, content, mode)
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
  flushDirectory(dirname(path))
}

/** Makes a rename or a new file in the folder outlast a power cut. */
export function flushDirectory(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

function writeFlushed(path: string, content: string | Uint8Array, mode: number): void {
  const descriptor = openSync(path, 'wx', mode)
  try {
    writeFileSync(descriptor, content)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
