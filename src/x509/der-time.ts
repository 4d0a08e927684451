import { TAG } from './der-tag.ts'
import { malformed } from './malformed.ts'

/** UTCTime covers 1950 to 2049. https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.5 */
const FIRST_UTC_YEAR = 1950
const LAST_UTC_YEAR = 2049

/**
 * The tag and the digits of a time: UTCTime through 2049, GeneralizedTime from 2050, whole seconds, Z.
 * @param epochMs parts of a second are cut off
 */
export function timeDigits(epochMs: number): { tag: number; digits: string } {
  const date = new Date(Math.floor(epochMs / 1000) * 1000)
  const year = date.getUTCFullYear()
  if (!(year >= FIRST_UTC_YEAR && year <= 9999))
    throw new TypeError('A time in a certificate lies between 1950 and 9999.')
  const digits = `${date.toISOString().slice(0, 19).replace(/[-T:]/g, '')}Z`
  return year > LAST_UTC_YEAR ? { tag: TAG.generalizedTime, digits } : { tag: TAG.utcTime, digits: digits.slice(2) }
}

/**
 * Reads the one form that RFC 5280 allows of each type: YYMMDDHHMMSSZ or YYYYMMDDHHMMSSZ, a date of the calendar.
 * @returns epoch ms
 * @throws IdentityError der-malformed
 */
export function readTimeDigits(tag: number, content: Uint8Array): number {
  const yearDigits = tag === TAG.utcTime ? 2 : 4
  const last = yearDigits + 10
  if (content.length !== last + 1 || content[last] !== 0x5a)
    throw malformed('a time is not written to the second in UTC')
  let year = number(content, 0, yearDigits)
  if (tag === TAG.utcTime) year += year < 50 ? 2000 : 1900
  const month = number(content, yearDigits, 2)
  const day = number(content, yearDigits + 2, 2)
  const hour = number(content, yearDigits + 4, 2)
  const minute = number(content, yearDigits + 6, 2)
  const second = number(content, yearDigits + 8, 2)
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month) || hour > 23 || minute > 59 || second > 59) {
    throw malformed('a time names no moment of the calendar')
  }
  // Date.UTC reads the years 0 to 99 as 1900 to 1999.
  if (year < 100) throw malformed('a time lies before the year 100')
  return Date.UTC(year, month - 1, day, hour, minute, second)
}

/** GeneralizedTime is for 2050 and later only. https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.5 */
export function isRightTimeType(tag: number, epochMs: number): boolean {
  return tag === TAG.utcTime || new Date(epochMs).getUTCFullYear() > LAST_UTC_YEAR
}

function number(content: Uint8Array, from: number, count: number): number {
  let value = 0
  for (let i = from; i < from + count; i++) {
    const digit = content[i]! - 0x30
    if (digit < 0 || digit > 9) throw malformed('a time holds something else than digits')
    value = value * 10 + digit
  }
  return value
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}
