import { setTimeout as pause } from 'node:timers/promises'

/** How long a condition is waited for, ms. */
const PATIENCE = 15_000

/**
 * Asks again and again until the answer is accepted.
 * @throws Error with the last answer when it was not within the time
 */
export async function eventually<T>(
  question: () => Promise<T> | T,
  accepted: (answer: T) => boolean,
  patience = PATIENCE,
): Promise<T> {
  const end = performance.now() + patience
  for (;;) {
    const answer = await question()
    if (accepted(answer)) return answer
    if (performance.now() > end) throw new Error(`after ${patience} ms still ${JSON.stringify(answer)}`)
    await pause(20)
  }
}
