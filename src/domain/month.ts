/**
 * The month in which usage counts a sign-in, in UTC.
 * @param time epoch ms
 * @returns yyyymm
 */
export function monthOf(time: number): number {
  const date = new Date(time)
  return date.getUTCFullYear() * 100 + date.getUTCMonth() + 1
}
