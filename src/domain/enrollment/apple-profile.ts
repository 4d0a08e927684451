import { createHash } from 'node:crypto'
import { IdentityError } from '../../errors.ts'
import { readDer } from '../../x509/der.ts'
import type { Clock } from '../clock.ts'
import type { Hex } from '../hex.ts'
import type { Keyring } from '../keyring.ts'
import { openSecret, sealSecret } from '../sealed.ts'
import type { Store } from '../store.ts'

/** What an Apple device is to take in. */
export interface AppleIdentity {
  readonly fingerprint: Hex
  /** of the device */
  readonly label: string
  /** PKCS#12, encrypted under a password that the service never sees */
  readonly file: Uint8Array
}

/**
 * The way of an identity file through the service into a signed profile. Nothing is kept: what is handed in travels in
 * the sealed address at which the profile is fetched.
 */
export interface AppleProfiles {
  /** What a page must hand in with the file: sealed, good for two hours and one certificate. */
  permit(fingerprint: Hex): string
  /**
   * @param file PKCS#12, DER
   * @returns a handle for an address; good for ten minutes and few fetches
   * @throws IdentityError apple-profile-unusable: the permit is not ours or too old, or its certificate no longer good;
   *   body-malformed, body-too-large; store-unavailable
   */
  offer(permit: string, file: Uint8Array): Promise<string>
  /** @throws IdentityError apple-profile-unusable, store-unavailable */
  take(handle: string): Promise<AppleIdentity>
}

interface AppleProfileParts {
  readonly store: Pick<Store, 'certificate' | 'run'>
  readonly keyring: Pick<Keyring, 'apple-profile'>
  readonly clock: Clock
}

const MINUTE = 60_000
const PERMIT_LIFETIME = 120 * MINUTE
const HANDLE_LIFETIME = 10 * MINUTE
/** Once, for systems that fetch once; some ask again for what they have just been given. */
const FETCHES = 3
/** bytes; ours has some 2,000. The handle stands in an address. */
const LONGEST_FILE = 6 * 1024

/** What a sealed text is for. */
type Use = 'permit' | 'handle'
const FINGERPRINT_BYTES = 32
const TIME_BYTES = 6
const HEAD_BYTES = FINGERPRINT_BYTES + TIME_BYTES

/** The way of identity files into signed profiles. */
export function createAppleProfiles({ store, keyring, clock }: AppleProfileParts): AppleProfiles {
  const seal = (use: Use, fingerprint: Hex, lifetime: number, file: Uint8Array = Buffer.alloc(0)): string => {
    const head = Buffer.alloc(HEAD_BYTES)
    head.write(fingerprint, 'hex')
    head.writeUIntBE(clock.now() + lifetime, FINGERPRINT_BYTES, TIME_BYTES)
    return sealSecret(keyring['apple-profile'], Buffer.concat([head, file]), use).toString('base64url')
  }
  const open = (use: Use, sealed: string) => {
    const bytes = unseal(keyring['apple-profile'], sealed, use)
    const expiresAt = bytes.readUIntBE(FINGERPRINT_BYTES, TIME_BYTES)
    if (clock.now() > expiresAt) throw unusable()
    return { fingerprint: bytes.toString('hex', 0, FINGERPRINT_BYTES), file: bytes.subarray(HEAD_BYTES), expiresAt }
  }
  const standing = async (fingerprint: Hex) => {
    const certificate = await store.certificate(fingerprint)
    if (certificate?.status !== 'active') throw unusable()
    return certificate
  }
  return {
    permit: (fingerprint) => seal('permit', fingerprint, PERMIT_LIFETIME),

    async offer(permit, file) {
      requireFile(file)
      const { fingerprint } = open('permit', permit)
      await standing(fingerprint)
      return seal('handle', fingerprint, HANDLE_LIFETIME, file)
    },

    async take(handle) {
      const { fingerprint, file, expiresAt } = open('handle', handle)
      const { label } = await standing(fingerprint)
      const key = `apple-profile:${createHash('sha256').update(handle).digest('hex')}`
      if ((await store.run('guess', key, expiresAt, FETCHES)) === 'exhausted') throw unusable()
      return { fingerprint, label, file }
    },
  }
}

/** One text only stands for one handle: decoders look past characters at the end, and fetches are counted by the text. */
function unseal(key: Uint8Array, sealed: string, use: Use): Buffer {
  const bytes = Buffer.from(sealed, 'base64url')
  if (bytes.toString('base64url') !== sealed) throw unusable()
  try {
    return openSecret(key, bytes, use)
  } catch (cause) {
    throw unusable(cause)
  }
}

/** One DER SEQUENCE, whole: what it holds is encrypted, and its owner's own business. */
function requireFile(file: Uint8Array): void {
  if (file.length > LONGEST_FILE) {
    throw new IdentityError('body-too-large', `An identity file of ours has at most ${LONGEST_FILE} bytes. Send that.`)
  }
  try {
    readDer(file, (reader) => reader.unread(0x30))
  } catch (cause) {
    throw new IdentityError('body-malformed', 'This is not an identity file. Send the PKCS#12 file, DER.', { cause })
  }
}

function unusable(cause?: unknown): IdentityError {
  return new IdentityError(
    'apple-profile-unusable',
    'This profile is no longer here, or its certificate is not good any more. Go back to the page and ask for it once more.',
    { cause },
  )
}
