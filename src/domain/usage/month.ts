import { IdentityError } from '../../errors.ts'

/**
 * The month in which usage counts a sign-in, in UTC.
 * @param time epoch ms
 * @returns yyyymm
 */
export function monthOf(time: number): number {
  const date = new Date(time)
  return date.getUTCFullYear() * 100 + date.getUTCMonth() + 1
}

/** As people and programs write it. The service is younger than 2000, and no month of a store is beyond 9999. */
export const MONTH_PATTERN = '^[2-9][0-9]{3}-(0[1-9]|1[0-2])$'

const MONTH = new RegExp(MONTH_PATTERN)

/**
 * Reads `2026-11`.
 * @returns yyyymm
 * @throws IdentityError query-invalid
 */
export function readMonth(text: string): number {
  if (!MONTH.test(text))
    throw new IdentityError('query-invalid', 'A month is written as a year and two digits: 2026-11.')
  return Number(text.replace('-', ''))
}

/** @param month yyyymm */
export function monthText(month: number): string {
  return `${Math.floor(month / 100)}-${String(month % 100).padStart(2, '0')}`
}
