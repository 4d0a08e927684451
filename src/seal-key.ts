import { existsSync, readFileSync, statSync } from 'node:fs'
import { deriveKeyring, type Keyring, SEAL_KEY_BYTES } from './domain/keyring.ts'
import { IdentityError } from './errors.ts'

/**
 * Reads the seal key (raw bytes, mode 0600) and derives the keyring.
 * @throws IdentityError key-file-unreadable, key-file-unsafe
 */
export function readKeyring(path: string): Keyring {
  if (!existsSync(path)) {
    throw new IdentityError(
      'key-file-unreadable',
      `There is no seal key at ${path}. "countersign ca init" makes one; on a second node, copy the first node's file.`,
    )
  }
  if ((statSync(path).mode & 0o077) !== 0) {
    throw new IdentityError('key-file-unsafe', `Others may read ${path}. Run chmod 600 on it.`)
  }
  const key = readFileSync(path)
  if (key.length < SEAL_KEY_BYTES) {
    throw new IdentityError('key-file-unreadable', `${path} has fewer than ${SEAL_KEY_BYTES} bytes and is no seal key.`)
  }
  return deriveKeyring(key)
}
