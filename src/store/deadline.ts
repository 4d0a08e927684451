/** Every call to a store is answered within this time, ms. */
export const ANSWER_WITHIN = 1_500

/** The machine's monotonic clock, ms: the same in all threads, and deaf to changes of the time of day. */
export function monotonicNow(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1_000 + nanoseconds / 1_000_000
}
