import { type DerReader, readDer } from './der.ts'
import { TAG } from './der-tag.ts'
import { time } from './der-writer.ts'
import { encodeExtensions, takeExtensions } from './extension.ts'
import { reasonCode } from './extensions.ts'
import { malformed } from './malformed.ts'
import { CRL_REASON } from './oid.ts'

/** One entry of a CRL. https://www.rfc-editor.org/rfc/rfc5280#section-5.1.2.6 */
export interface RevokedSerial {
  /** big-endian, positive, at most 20 octets */
  readonly serial: Uint8Array
  /** epoch ms; written to the second */
  readonly revokedAt: number
  /** reason code; 0 is unspecified, and is written as no reason */
  readonly reason: number
}

/** removeFromCRL (8) has its place in delta lists alone. https://www.rfc-editor.org/rfc/rfc5280#section-5.3.1 */
const REASONS: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 9, 10]

/** The extensions of an entry, by its reason; none for unspecified. */
const REASON_EXTENSIONS: Readonly<Record<number, Uint8Array>> = Object.fromEntries(
  REASONS.map((reason) => [reason, reason === 0 ? new Uint8Array() : encodeExtensions([reasonCode(reason)])]),
)

/** https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.2 */
const LONGEST_SERIAL = 20
/** The head, a serial, a time and a reason: all lengths fit in one octet. */
const LONGEST_ENTRY = 2 + (2 + LONGEST_SERIAL) + 17 + 14
const FIRST_CAPACITY = 4_096
const DAY_MS = 24 * 60 * 60 * 1000
/** the octets of HHMMSSZ */
const TIME_OF_DAY = 7

/**
 * The DER of many entries, one behind the other and without the SEQUENCE around them. All go straight into one buffer:
 * a million of them take a fraction of a second.
 * @throws TypeError for a serial that is not positive or too long, or a reason that does not exist
 */
export function encodeRevokedSerials(entries: Iterable<RevokedSerial>): Uint8Array {
  let buffer = new Uint8Array(FIRST_CAPACITY)
  let length = 0
  let day = Number.NaN
  let midnight = new Uint8Array()
  for (const entry of entries) {
    if (length + LONGEST_ENTRY > buffer.length) buffer = grown(buffer)
    if (Math.floor(entry.revokedAt / DAY_MS) !== day) {
      day = Math.floor(entry.revokedAt / DAY_MS)
      midnight = time(day * DAY_MS)
    }
    length = writeEntry(buffer, length, entry, midnight)
  }
  return buffer.subarray(0, length)
}

/**
 * Reads an entry.
 * @throws IdentityError der-malformed
 */
export function takeRevokedSerial(reader: DerReader): RevokedSerial {
  return reader.sequence((inner) => {
    const content = inner.integer()
    if (content[0]! >= 0x80 || content.length > LONGEST_SERIAL || (content.length === 1 && content[0] === 0)) {
      throw malformed('a serial number is not positive or too long')
    }
    const serial = content[0] === 0 ? content.subarray(1) : content
    return { serial, revokedAt: inner.time(), reason: inner.done ? 0 : takeReason(inner) }
  })
}

/** Writes one entry at `start`, octet by octet, since a small copy costs more than it moves. Returns where it ends. */
function writeEntry(buffer: Uint8Array, start: number, entry: RevokedSerial, midnight: Uint8Array): number {
  const reason = REASON_EXTENSIONS[entry.reason]
  if (!reason) throw new TypeError(`${entry.reason} is no reason for an entry of a full CRL.`)
  let at = writeSerial(buffer, start + 2, entry.serial)
  at = append(buffer, at, midnight)
  writeTimeOfDay(buffer, at - TIME_OF_DAY, Math.floor((((entry.revokedAt % DAY_MS) + DAY_MS) % DAY_MS) / 1000))
  at = append(buffer, at, reason)
  buffer[start] = TAG.sequence
  buffer[start + 1] = at - start - 2
  return at
}

function writeSerial(buffer: Uint8Array, start: number, serial: Uint8Array): number {
  let first = 0
  while (serial[first] === 0) first++
  const sign = serial[first]! >= 0x80 ? 1 : 0
  const length = serial.length - first + sign
  if (first === serial.length || length > LONGEST_SERIAL)
    throw new TypeError('A serial number is positive and has at most 20 octets.')
  buffer[start] = TAG.integer
  buffer[start + 1] = length
  buffer[start + 2] = 0
  for (let i = first, at = start + 2 + sign; i < serial.length; i++, at++) buffer[at] = serial[i]!
  return start + 2 + length
}

/** HHMMSSZ */
function writeTimeOfDay(buffer: Uint8Array, start: number, second: number): void {
  const digits = Math.floor(second / 3600) * 10_000 + (Math.floor(second / 60) % 60) * 100 + (second % 60)
  for (let at = start + 5, rest = digits; at >= start; at--, rest = Math.floor(rest / 10))
    buffer[at] = 0x30 + (rest % 10)
}

function append(buffer: Uint8Array, start: number, bytes: Uint8Array): number {
  for (let i = 0; i < bytes.length; i++) buffer[start + i] = bytes[i]!
  return start + bytes.length
}

function grown(buffer: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(buffer.length * 2)
  larger.set(buffer)
  return larger
}

/** The reason, and no other extension: unspecified is left out, never written. */
function takeReason(reader: DerReader): number {
  const [extension, ...others] = takeExtensions(reader, () => malformed('an entry holds an extension twice'))
  if (extension?.oid !== CRL_REASON || extension.critical || others.length > 0)
    throw malformed('an entry holds more than its reason')
  const reason = readDer(extension.value, (inner) => inner.enumerated())
  if (reason === 0 || !REASONS.includes(reason)) throw malformed('an entry has a reason that does not exist')
  return reason
}
