import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats, writeSync } from 'node:fs'
import { IdentityError } from '../../src/errors.ts'
import type { SigningKey } from './signing-key.ts'

/** More than any passphrase or encrypted key of ours has; a longer file is another file. */
const MAX_FILE_BYTES = 16_384

/**
 * OpenSSL derives the key of a PKCS#8 file by PBKDF2 with 2048 rounds and Node offers no other number, so the
 * strength has to come from the passphrase.
 */
const MIN_PASSPHRASE_BYTES = 16

/** O_SYNC, since Node's permission model, under which the signer lives, takes fsync away. */
const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_SYNC

/**
 * Reads a passphrase that nobody else may read: the whole file without the line end behind it.
 * @throws IdentityError key-file-unsafe (a link, somebody else's, or open to others); key-file-unreadable
 */
export function readPassphrase(path: string): string {
  const text = readBounded(path, requireClosed).toString('utf8')
  const passphrase = text.replace(/\r?\n$/, '')
  if (Buffer.byteLength(passphrase) >= MIN_PASSPHRASE_BYTES) return passphrase
  throw new IdentityError(
    'key-file-unreadable',
    `The passphrase in ${path} is shorter than ${MIN_PASSPHRASE_BYTES} characters. Put a long random one there.`,
  )
}

/**
 * Makes a P-256 key and writes it to a new file: PKCS#8 under PBES2 with AES-256, mode 0600.
 * https://www.rfc-editor.org/rfc/rfc5958#section-3
 * @throws IdentityError key-file-unsafe when there is a file already
 */
export function makeKeyFile(path: string, passphrase: string): SigningKey {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase })
  writeNew(path, Buffer.from(pem))
  return signingKey(privateKey)
}

/**
 * Opens a key file that nobody else may read.
 * @throws IdentityError key-file-unsafe (a link, somebody else's, or open to others); key-file-unreadable (no such
 *   file, wrong passphrase, not an encrypted key)
 */
export function openKeyFile(path: string, passphrase: string): SigningKey {
  const pem = readBounded(path, requirePrivate)
  if (!pem.includes('-----BEGIN ENCRYPTED PRIVATE KEY-----')) {
    throw new IdentityError('key-file-unreadable', `${path} holds no encrypted PKCS#8 key. Restore the right file.`)
  }
  try {
    return signingKey(createPrivateKey({ key: pem, format: 'pem', passphrase }))
  } catch (cause) {
    throw new IdentityError('key-file-unreadable', `${path} does not open with this passphrase.`, { cause })
  }
}

function signingKey(key: KeyObject): SigningKey {
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' })
  return Object.freeze({ spki, sign: (data: Uint8Array) => sign('sha256', data, key) })
}

function readBounded(path: string, inspect: (path: string, stat: Stats) => void): Buffer {
  const descriptor = openFile(path)
  try {
    const stat = fstatSync(descriptor)
    if (!stat.isFile()) throw new IdentityError('key-file-unsafe', `${path} is no regular file.`)
    inspect(path, stat)
    if (stat.size > MAX_FILE_BYTES) {
      throw new IdentityError('key-file-unreadable', `${path} is too long to be what it should be.`)
    }
    return readFileSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

function openFile(path: string): number {
  try {
    // Without O_NONBLOCK a pipe in the file's place would stop the process for ever.
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ELOOP') {
      throw new IdentityError('key-file-unsafe', `${path} is a symbolic link. Put the file itself there.`, {
        cause,
      })
    }
    throw new IdentityError('key-file-unreadable', `${path} cannot be opened. Check that it is there and yours.`, {
      cause,
    })
  }
}

/** A key is the signer's own. */
function requirePrivate(path: string, stat: Stats): void {
  requireOwner(path, stat, [process.geteuid?.()])
  requireMode(path, stat, 0o177)
}

/** A passphrase may have been put there by root. */
function requireClosed(path: string, stat: Stats): void {
  requireOwner(path, stat, [process.geteuid?.(), 0])
  requireMode(path, stat, 0o077)
}

function requireOwner(path: string, { uid }: Stats, owners: readonly (number | undefined)[]): void {
  if (owners.includes(uid)) return
  throw new IdentityError('key-file-unsafe', `${path} belongs to somebody else. Give it to the account that runs this.`)
}

function requireMode(path: string, { mode }: Stats, forbidden: number): void {
  if ((mode & forbidden) === 0) return
  throw new IdentityError('key-file-unsafe', `${path} can be read by others. Run: chmod 600 ${path}`)
}

function writeNew(path: string, bytes: Uint8Array): void {
  const descriptor = createFile(path)
  try {
    writeSync(descriptor, bytes)
  } finally {
    closeSync(descriptor)
  }
}

function createFile(path: string): number {
  try {
    return openSync(path, NEW_FILE, 0o600)
  } catch (cause) {
    throw new IdentityError('key-file-unsafe', `${path} cannot be made anew. A key file is never overwritten.`, {
      cause,
    })
  }
}
