import { createHash } from 'node:crypto'
import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import type { Hex } from '../domain/hex.ts'
import type { Keyring } from '../domain/keyring.ts'
import { makeChallenge, readChallenge } from '../domain/proving/challenge.ts'
import type {
  AnsweredChallenge,
  Credential,
  Moment,
  NewCredential,
  PasskeyCheck,
  PasskeyOwner,
} from '../domain/proving/check.ts'
import { openSecret, sealSecret } from '../domain/sealed.ts'
import { IdentityError } from '../errors.ts'

/** Where passkeys of this service are good. */
export interface PasskeyPlace {
  /** the host name to which they are bound. https://www.w3.org/TR/webauthn-3/#relying-party-identifier */
  readonly host: string
  /** the origins of the pages that may ask for them */
  readonly origins: readonly string[]
}

/** ES256, EdDSA, RS256: what authenticators make. https://www.iana.org/assignments/cose/cose.xhtml#algorithms */
const ALGORITHMS = [-7, -8, -257]

/** ms; as long as a challenge is good */
const TIMEOUT = 5 * 60_000

/** Characters. The longest answer of an authenticator, an RSA key's, has two thousand. */
const MAX_ANSWER = 8_192

const NAME = 'Countersign'

/** What is kept of a passkey, sealed: not because it is secret, but so that nobody who can write to the store puts in his own. */
interface KeptPasskey {
  /** the authenticator's id of it, base64url */
  readonly id: string
  /** COSE, base64url */
  readonly publicKey: string
  readonly transports: readonly string[]
  /** whether it may live on several devices, and does */
  readonly multiDevice: boolean
  readonly backedUp: boolean
}

/**
 * Passkeys: bound to our host by the browser, and to whom they belong by fingerprint, face or PIN, which is required.
 * https://www.w3.org/TR/webauthn-3/
 */
export function passkeyCheck(keyring: Keyring, place: PasskeyPlace): PasskeyCheck {
  return {
    name: 'passkey',
    async match(credentials, answer, moment) {
      const response = readAnswer<AuthenticationResponseJSON>(answer)
      const credential = credentials.find(({ id }) => id === rowIdOf(response?.id))
      if (!response || !credential || !isOwner(response, credential)) return undefined
      const verified = await verify(keyring, place, response, keptOf(keyring, credential), moment)
      if (!verified) return undefined
      return { check: 'passkey', credentialId: credential.id, step: verified.counter, once: verified.once }
    },
    async ask(credentials, moment) {
      const options = await generateAuthenticationOptions({
        rpID: place.host,
        allowCredentials: known(keyring, credentials),
        challenge: bytesOf(makeChallenge(keyring.challenge, asking(moment))),
        timeout: TIMEOUT,
        userVerification: 'required',
      })
      return { ...options }
    },
    offer: (owner, moment) => offer(keyring, place, owner, moment),
    make: (response, moment) => make(keyring, place, response, moment),
  }
}

async function offer(keyring: Keyring, place: PasskeyPlace, owner: PasskeyOwner, moment: Moment) {
  const options = await generateRegistrationOptions({
    rpName: NAME,
    rpID: place.host,
    userName: owner.label,
    userDisplayName: owner.label,
    userID: Uint8Array.from(Buffer.from(owner.subscriberId, 'hex')),
    challenge: bytesOf(makeChallenge(keyring.challenge, making(moment))),
    timeout: TIMEOUT,
    attestationType: 'none',
    excludeCredentials: known(keyring, owner.credentials),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    supportedAlgorithmIDs: ALGORITHMS,
  })
  return { ...options }
}

async function make(
  keyring: Keyring,
  place: PasskeyPlace,
  text: string,
  moment: Moment,
): Promise<{ credential: NewCredential; once: AnsweredChallenge }> {
  const response = readAnswer<RegistrationResponseJSON>(text)
  const seen: { once?: AnsweredChallenge | undefined } = {}
  const { registrationInfo } = response
    ? await verifyRegistrationResponse({
        response,
        expectedChallenge: (challenge) => {
          seen.once = readChallenge(keyring.challenge, challenge, making(moment))
          return seen.once !== undefined
        },
        expectedOrigin: [...place.origins],
        expectedRPID: place.host,
        requireUserVerification: true,
        supportedAlgorithmIDs: ALGORITHMS,
      }).catch(refused)
    : refused()
  if (!registrationInfo || !seen.once) return refused()
  const { credential, credentialDeviceType, credentialBackedUp } = registrationInfo
  const id = rowIdOf(credential.id)!
  const kept: KeptPasskey = {
    id: credential.id,
    publicKey: Buffer.from(credential.publicKey).toString('base64url'),
    transports: readTransports(credential.transports),
    multiDevice: credentialDeviceType === 'multiDevice',
    backedUp: credentialBackedUp,
  }
  const secret = sealSecret(keyring.secret, Buffer.from(JSON.stringify(kept)), ownerOf(id))
  return { credential: { id, check: 'passkey', secret, lastStep: credential.counter }, once: seen.once }
}

/** Whatever is wrong with it, an answer that cannot be verified is a wrong one. */
async function verify(
  { challenge: key }: Keyring,
  { host, origins }: PasskeyPlace,
  response: AuthenticationResponseJSON,
  kept: KeptPasskey,
  moment: Moment,
): Promise<{ readonly counter: number; readonly once: AnsweredChallenge } | undefined> {
  const seen: { once?: AnsweredChallenge | undefined } = {}
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response,
    expectedChallenge: (challenge) => {
      seen.once = readChallenge(key, challenge, asking(moment))
      return seen.once !== undefined
    },
    expectedOrigin: [...origins],
    expectedRPID: host,
    // The counter is compared with the store's own in the transaction that honors the proof.
    credential: { id: kept.id, publicKey: Uint8Array.from(bytesOf(kept.publicKey)), counter: 0 },
    requireUserVerification: true,
  }).catch(() => ({ verified: false, authenticationInfo: undefined }))
  if (!verified || !authenticationInfo?.userVerified || !seen.once) return undefined
  return { counter: authenticationInfo.newCounter, once: seen.once }
}

/** The handle is the person's, where the authenticator tells one. https://www.w3.org/TR/webauthn-3/#sctn-verifying-assertion step 6 */
function isOwner({ response }: AuthenticationResponseJSON, { subscriberId }: Credential): boolean {
  const handle: unknown = response?.userHandle
  if (handle === undefined || handle === null) return true
  return typeof handle === 'string' && bytesOf(handle).toString('hex') === subscriberId
}

function readAnswer<R extends object>(text: string): R | undefined {
  if (text.length > MAX_ANSWER) return undefined
  try {
    const answer: unknown = JSON.parse(text)
    // The library judges the rest, and throws at what it does not like.
    return answer !== null && typeof answer === 'object' ? (answer as R) : undefined
  } catch {
    return undefined
  }
}

/** One id is one row: nobody can register another one's passkey. */
function rowIdOf(passkeyId: unknown): Hex | undefined {
  if (typeof passkeyId !== 'string') return undefined
  return createHash('sha256').update(`passkey:${passkeyId}`).digest('hex').slice(0, 32)
}

function keptOf(keyring: Keyring, { id, secret }: Credential): KeptPasskey {
  return JSON.parse(openSecret(keyring.secret, secret, ownerOf(id)).toString()) as KeptPasskey
}

function known(keyring: Keyring, credentials: readonly Credential[]): { id: string; transports: string[] }[] {
  const own = credentials.filter(({ check }) => check === 'passkey')
  return own
    .map((credential) => keptOf(keyring, credential))
    .map(({ id, transports }) => ({ id, transports: [...transports] }))
}

/** They only help the browser to choose; what is no short word is none. */
function readTransports(named: unknown): readonly string[] {
  if (!Array.isArray(named)) return []
  return named.filter((name): name is string => typeof name === 'string' && /^[a-z-]{1,20}$/.test(name)).slice(0, 8)
}

/** A challenge for one is none for the other. */
function asking({ now, context }: Moment): Moment {
  return { now, context: `get:${context}` }
}

function making({ now, context }: Moment): Moment {
  return { now, context: `create:${context}` }
}

function ownerOf(credentialId: string): string {
  return `passkey:${credentialId}`
}

/** A copy of its own, since the library asks for a whole ArrayBuffer. */
function bytesOf(base64url: string): Buffer<ArrayBuffer> {
  const decoded = Buffer.from(base64url, 'base64url')
  const copy = Buffer.alloc(decoded.length)
  decoded.copy(copy)
  return copy
}

function refused(cause?: unknown): never {
  throw new IdentityError(
    'check-refused',
    'This passkey cannot be taken: it was not made for this page, or too long ago. Try again.',
    { cause },
  )
}
