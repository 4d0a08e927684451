import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'
import { deriveKeyring, type Keyring, SEAL_KEY_BYTES } from './domain/keyring.ts'
import { IdentityError } from './errors.ts'

/**
 * Reads the seal key (raw bytes, mode 0600) and derives the keyring.
 * @throws IdentityError key-file-unreadable; key-file-unsafe (a link, no regular file, somebody else's, or open to others)
 */
export function readKeyring(path: string): Keyring {
  const descriptor = openFile(path)
  try {
    requireSafe(path, descriptor)
    const key = readFileSync(descriptor)
    if (key.length >= SEAL_KEY_BYTES) return deriveKeyring(key)
  } finally {
    closeSync(descriptor)
  }
  throw new IdentityError('key-file-unreadable', `${path} has fewer than ${SEAL_KEY_BYTES} bytes and is no seal key.`)
}

function openFile(path: string): number {
  try {
    // Without O_NONBLOCK a pipe in the file's place would stop the process for ever.
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    if (code === 'ELOOP')
      throw new IdentityError('key-file-unsafe', `${path} is a symbolic link. Put the file itself there.`, { cause })
    throw new IdentityError(
      'key-file-unreadable',
      code === 'ENOENT'
        ? `There is no seal key at ${path}. "countersign ca init" makes one; on a second node, copy the first node's file.`
        : `${path} cannot be opened. Check that it belongs to the account that runs this.`,
      { cause },
    )
  }
}

/** The rules of `ca/keys/file.ts`, which stands in a house of its own. Judged is the open file, not the name. */
function requireSafe(path: string, descriptor: number): void {
  const stat = fstatSync(descriptor)
  const unsafe = (sentence: string) => new IdentityError('key-file-unsafe', `${path} ${sentence}`)
  if (!stat.isFile()) throw unsafe('is no regular file.')
  if (stat.uid !== process.geteuid?.() && stat.uid !== 0)
    throw unsafe('belongs to somebody else. Give it to the account that runs this.')
  if ((stat.mode & 0o077) !== 0) throw unsafe(`is open to others. Run chmod 600 on it.`)
}
