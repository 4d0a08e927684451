import { randomBytes, timingSafeEqual } from 'node:crypto'
import { HOTP, Secret, TOTP } from 'otpauth'
import type { Keyring } from '../domain/keyring.ts'
import type { Credential, Proof, TotpCheck } from '../domain/proving/check.ts'
import { openSecret, sealSecret } from '../domain/sealed.ts'

/** What every authenticator app takes; other digits, periods and hashes are ignored by some of them. */
const PARAMETERS = { algorithm: 'SHA1', digits: 6 } as const
const PERIOD_SECONDS = 30

/** https://www.rfc-editor.org/rfc/rfc4226#section-4 R6: 160 bits are recommended. */
const SECRET_BYTES = 20

/** One step early or late: clocks of telephones, and people who type. https://www.rfc-editor.org/rfc/rfc6238#section-5.2 */
const WINDOW = [-1, 0, 1] as const

/** What the app shows above the code. */
const ISSUER = 'Countersign'

const ID_BYTES = 16

/**
 * Codes of an authenticator app. A step counts once, and none before it counts any more.
 * https://www.rfc-editor.org/rfc/rfc6238
 */
export function totpCheck(keyring: Keyring): TotpCheck {
  return {
    name: 'totp',
    async match(credentials, answer, { now }) {
      const code = readCode(answer)
      if (!code) return undefined
      const current = Math.floor(now / 1_000 / PERIOD_SECONDS)
      return credentials
        .map((credential) => matchOne(keyring, credential, code, current))
        .find((proof) => proof !== undefined)
    },
    generate(label) {
      const id = randomBytes(ID_BYTES).toString('hex')
      const bytes = randomBytes(SECRET_BYTES)
      const secret = toSecret(bytes)
      const uri = new TOTP({ ...PARAMETERS, period: PERIOD_SECONDS, issuer: ISSUER, label, secret }).toString()
      return {
        credential: { id, check: 'totp', secret: sealSecret(keyring.secret, bytes, ownerOf(id)), lastStep: null },
        keepsake: { secret: secret.base32, uri },
      }
    },
  }
}

/** Six digits, however they are spaced or spelled; undefined for anything else. */
function readCode(answer: string): Buffer | undefined {
  if (answer.length > 32) return undefined
  const digits = answer.normalize('NFKC').replace(/[\s-]/g, '')
  return /^\d{6}$/.test(digits) ? Buffer.from(digits) : undefined
}

/** All steps of the window are computed and compared in full, so that time tells nothing of which came near. */
function matchOne(keyring: Keyring, credential: Credential, code: Buffer, current: number): Proof | undefined {
  const secret = toSecret(openSecret(keyring.secret, credential.secret, ownerOf(credential.id)))
  const steps = WINDOW.map((offset) => current + offset).filter((step) => step >= 0)
  const equal = steps.filter((step) => timingSafeEqual(codeAt(secret, step), code))
  const step = equal.find((step) => credential.lastStep === null || step > credential.lastStep)
  return step === undefined ? undefined : { check: 'totp', credentialId: credential.id, step }
}

function codeAt(secret: Secret, step: number): Buffer {
  return Buffer.from(HOTP.generate({ ...PARAMETERS, secret, counter: step }))
}

/** A copy of its own: a small Buffer is a window on memory that is shared. */
function toSecret(bytes: Uint8Array): Secret {
  return new Secret({ buffer: new Uint8Array(bytes).buffer })
}

function ownerOf(credentialId: string): string {
  return `totp:${credentialId}`
}
