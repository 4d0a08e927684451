import { ISSUERS, type IssuerName } from '../src/domain/certificate/certificate.ts'
import { IdentityError } from '../src/errors.ts'
import type { FrameBounds } from './frame.ts'
import { PROFILE_NAMES, type ProfileName } from './profiles.ts'

/** The first message: which keys to open. It comes by the pipe, so that no argument list shows it. */
export interface StartMessage {
  readonly type: 'start'
  readonly id: number
  /** the authority's folder, absolute */
  readonly directory: string
  readonly passphraseFile: string
  /** the keys to open */
  readonly issuers: readonly IssuerName[]
  /** whether the root key, and what only it may sign, is admitted */
  readonly ceremony: boolean
}

export interface MakeKeyMessage {
  readonly type: 'make-key'
  readonly id: number
  readonly issuer: IssuerName
}

/** The body is the TBSCertificate, DER. */
export interface SignCertificateMessage {
  readonly type: 'sign-certificate'
  readonly id: number
  readonly issuer: IssuerName
  readonly profile: ProfileName
}

/** The body is the TBSCertList, DER. */
export interface SignListMessage {
  readonly type: 'sign-list'
  readonly id: number
  readonly issuer: IssuerName
}

export interface StatusMessage {
  readonly type: 'status'
  readonly id: number
}

export type SignerMessage = StartMessage | MakeKeyMessage | SignCertificateMessage | SignListMessage | StatusMessage

/** What the signer answers: the body is a signature, or the SubjectPublicKeyInfo of a new key. */
export type SignerReply =
  | { readonly id: number; readonly ok: true; readonly issuers?: readonly IssuerName[] }
  | { readonly id: number; readonly ok: false; readonly code: string; readonly message: string }

const CERTIFICATE_BYTES = 16_384
// A list of a million entries has 49 MB; the next power of two is the most that we ever publish.
const LIST_BYTES = 2 ** 26

export const TO_SIGNER: FrameBounds = { head: 8_192, body: LIST_BYTES }
export const FROM_SIGNER: FrameBounds = { head: 8_192, body: 8_192 }

type Shape = Readonly<Record<string, (value: unknown) => boolean>>

const isId = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0
const isPath = (value: unknown): boolean => typeof value === 'string' && value.startsWith('/') && value.length <= 4_096
const isIssuer = (value: unknown): boolean => ISSUERS.some((name) => name === value)
const isProfile = (value: unknown): boolean => PROFILE_NAMES.some((name) => name === value)
const isIssuers = (value: unknown): boolean =>
  Array.isArray(value) && value.length <= ISSUERS.length && value.every(isIssuer)

// By hand, since a schema library would be a guest in the one process that holds the keys.
const SHAPES: Readonly<Record<SignerMessage['type'], { fields: Shape; body: number }>> = {
  start: {
    fields: {
      directory: isPath,
      passphraseFile: isPath,
      issuers: isIssuers,
      ceremony: (value) => typeof value === 'boolean',
    },
    body: 0,
  },
  'make-key': { fields: { issuer: isIssuer }, body: 0 },
  'sign-certificate': { fields: { issuer: isIssuer, profile: isProfile }, body: CERTIFICATE_BYTES },
  'sign-list': { fields: { issuer: isIssuer }, body: LIST_BYTES },
  status: { fields: {}, body: 0 },
}

/**
 * Takes a frame's head for what it says only if it has exactly the fields of its type.
 * @param bodyBytes the length of the frame's body
 * @throws IdentityError signer-refused
 */
export function readMessage(head: unknown, bodyBytes: number): SignerMessage {
  if (typeof head !== 'object' || head === null || Array.isArray(head)) throw malformed('no object')
  const fields = head as Readonly<Record<string, unknown>>
  const shape = Object.hasOwn(SHAPES, String(fields.type)) ? SHAPES[fields.type as SignerMessage['type']] : undefined
  if (shape === undefined) throw malformed('an unknown type')
  const names = Object.keys(fields).filter((name) => name !== 'type' && name !== 'id')
  if (names.length !== Object.keys(shape.fields).length) throw malformed('fields too many or too few')
  if (!isId(fields.id)) throw malformed('no id')
  for (const [name, holds] of Object.entries(shape.fields)) {
    if (!Object.hasOwn(fields, name) || !holds(fields[name])) throw malformed(`no proper ${name}`)
  }
  if (bodyBytes > shape.body) throw malformed('a body over its bound')
  return head as SignerMessage
}

/** The id to answer to, even where the rest of the message is refused; 0 where there is none. */
export function idOf(head: unknown): number {
  if (typeof head !== 'object' || head === null || !('id' in head)) return 0
  return isId(head.id) ? Number(head.id) : 0
}

function malformed(what: string): IdentityError {
  return new IdentityError('signer-refused', `The signer's parent sent a message with ${what}.`)
}
