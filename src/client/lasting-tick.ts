import { executionAsyncResource } from 'node:async_hooks'

const KEPT = new Set<object>()

/**
 * Keeps one of the objects that Node makes for each `process.nextTick`, for as long as the process lives. V8 makes them by
 * their shape, and forgets the shape at the first full garbage collection that finds none of them alive; from then on it
 * puts each one together step by step, for good: five times as long (Node 24), some eight times in a request over TLS.
 * @returns what is kept
 */
export function keepTick(): Promise<object> {
  return new Promise((resolve) => {
    process.nextTick(() => {
      // inside of a tick this is the tick
      const tick = executionAsyncResource()
      KEPT.add(tick)
      resolve(tick)
    })
  })
}
