import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { IdentityError } from '../errors.ts'

const VERSION = 1
/** https://www.rfc-editor.org/rfc/rfc5116#section-5.3 */
const NONCE_BYTES = 12
const TAG_BYTES = 16

/**
 * Seals a secret for the store with AES-256-GCM. The nonce is random: a few secrets for each subscriber stay far below
 * the 2^32 messages that one key may seal so.
 * @param key 32 bytes
 * @param owner what the secret belongs to; it opens for nobody else, so that no row can borrow another one's secret
 */
export function sealSecret(key: Uint8Array, secret: Uint8Array, owner: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(owner))
  const sealed = [cipher.update(secret), cipher.final()]
  return Buffer.concat([Buffer.of(VERSION), nonce, ...sealed, cipher.getAuthTag()])
}

/**
 * Opens what {@link sealSecret} sealed.
 * @throws IdentityError internal: altered, of another owner, or sealed under another key
 */
export function openSecret(key: Uint8Array, sealed: Uint8Array, owner: string): Buffer {
  const bytes = Buffer.from(sealed)
  if (bytes.length < 1 + NONCE_BYTES + TAG_BYTES || bytes[0] !== VERSION) throw unopenable()
  const nonce = bytes.subarray(1, 1 + NONCE_BYTES)
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
  decipher.setAAD(Buffer.from(owner)).setAuthTag(bytes.subarray(-TAG_BYTES))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(1 + NONCE_BYTES, -TAG_BYTES)), decipher.final()])
  } catch (cause) {
    throw unopenable(cause)
  }
}

function unopenable(cause?: unknown): IdentityError {
  return new IdentityError(
    'internal',
    'A stored secret cannot be opened. Is this the seal key that it was sealed under?',
    {
      cause,
    },
  )
}
