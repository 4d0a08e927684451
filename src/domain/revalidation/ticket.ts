import { createCipheriv, createDecipheriv, createHmac, createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import { IdentityError } from '../../errors.ts'
import type { Hex } from '../hex.ts'
import { keyObject } from '../key-object.ts'
import { CHECKS, type CheckName } from '../proving/check.ts'

/** What the redirect of one revalidation carries. */
export interface Ticket {
  /** spent once; 16 bytes */
  readonly id: Hex
  readonly siteId: Hex
  /** the site's service that asked */
  readonly service: string
  /** the certificate that must be presented */
  readonly fingerprint: Hex
  /** a registered return address, already checked */
  readonly returnTo: string
  /** checks that the question asked for, of which one must be the proof; empty: whatever the site's policy says */
  readonly checks: readonly CheckName[]
  /** when the site asked, epoch ms */
  readonly askedAt: number
  /** the last millisecond at which it may be opened */
  readonly expiresAt: number
}

const VERSION = 2
const ID_BYTES = 16
const TAG_BYTES = 16
/** site id, fingerprint, the two times, the checks, and how many bytes of the service's name follow */
const FIXED_BYTES = 16 + 32 + 6 + 6 + 1 + 1
/** A bit for each check; one that has ever been given is given to no other. */
const CHECK_BITS = {
  passkey: 1,
  totp: 2,
  password: 4,
  'recovery-code': 8,
} as const satisfies Record<CheckName, number>
/** Longer than any ticket of ours: what is longer is not looked at. */
const MAX_SEALED_CHARS = 4_096
/**
 * Every ticket has a key of its own, derived from its random id; under it exactly one message is sealed, so the nonce
 * need not vary, and no number of tickets wears the ticket key out.
 * https://www.rfc-editor.org/rfc/rfc5116#section-5.1
 */
const NONCE = Buffer.alloc(12)

/** Seals a ticket; the result is base64url, fit for a path segment. */
export function sealTicket(ticketKey: Uint8Array, content: Omit<Ticket, 'id'>): string {
  const id = randomBytes(ID_BYTES)
  const cipher = createCipheriv('aes-256-gcm', keyFor(ticketKey, id), NONCE)
  const fixed = Buffer.alloc(FIXED_BYTES)
  fixed.write(content.siteId, 0, 'hex')
  fixed.write(content.fingerprint, 16, 'hex')
  fixed.writeUIntBE(content.askedAt, 48, 6)
  fixed.writeUIntBE(content.expiresAt, 54, 6)
  fixed.writeUInt8(
    content.checks.reduce((bits, name) => bits | CHECK_BITS[name], 0),
    60,
  )
  fixed.writeUInt8(content.service.length, 61)
  const sealed = [cipher.update(fixed), cipher.update(content.service + content.returnTo, 'utf8'), cipher.final()]
  return Buffer.concat([Buffer.of(VERSION), id, ...sealed, cipher.getAuthTag()]).toString('base64url')
}

/**
 * Opens a ticket.
 * @param now epoch ms
 * @throws IdentityError ticket-unusable: not one of ours, altered, or too old
 */
export function openTicket(ticketKey: Uint8Array, sealed: string, now: number): Ticket {
  const ticket = unseal(ticketKey, sealed)
  if (!ticket || now > ticket.expiresAt) {
    throw new IdentityError(
      'ticket-unusable',
      'This address has expired or was never ours. Go back to the site and sign in again; it will send you here anew.',
    )
  }
  return ticket
}

function unseal(ticketKey: Uint8Array, sealed: string): Ticket | undefined {
  if (sealed.length > MAX_SEALED_CHARS) return undefined
  const bytes = Buffer.from(sealed, 'base64url')
  if (bytes.toString('base64url') !== sealed) return undefined
  if (bytes.length < 1 + ID_BYTES + FIXED_BYTES + TAG_BYTES || bytes[0] !== VERSION) return undefined
  const id = bytes.subarray(1, 1 + ID_BYTES)
  const body = bytes.subarray(1 + ID_BYTES, -TAG_BYTES)
  const decipher = createDecipheriv('aes-256-gcm', keyFor(ticketKey, id), NONCE, { authTagLength: TAG_BYTES })
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
  try {
    return read(id, Buffer.concat([decipher.update(body), decipher.final()]))
  } catch {
    return undefined
  }
}

function read(id: Buffer, content: Buffer): Ticket {
  const bits = content.readUInt8(60)
  // names of services are ASCII
  const afterService = FIXED_BYTES + content.readUInt8(61)
  return {
    id: id.toString('hex'),
    siteId: content.toString('hex', 0, 16),
    fingerprint: content.toString('hex', 16, 48),
    askedAt: content.readUIntBE(48, 6),
    expiresAt: content.readUIntBE(54, 6),
    checks: CHECKS.filter((name) => bits & CHECK_BITS[name]),
    service: content.toString('utf8', FIXED_BYTES, afterService),
    returnTo: content.toString('utf8', afterService),
  }
}

function keyFor(ticketKey: Uint8Array, id: Uint8Array): KeyObject {
  return createSecretKey(createHmac('sha256', keyObject(ticketKey)).update(id).digest())
}
