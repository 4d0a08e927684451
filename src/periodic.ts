/** Something that is done again and again until it is stopped. */
export interface Periodic {
  /** resolves when a run under way has ended */
  stop(): Promise<void>
}

/**
 * Runs a task every `interval` ms, never twice at once. A failure is told and does not end the series.
 * @param failed told of each failure
 */
export function every(interval: number, task: () => Promise<unknown>, failed: (error: unknown) => void): Periodic {
  let running: Promise<unknown> = Promise.resolve()
  let busy = false
  const timer = setInterval(() => {
    if (busy) return
    busy = true
    running = task()
      .catch(failed)
      .finally(() => {
        busy = false
      })
  }, interval)
  return {
    async stop() {
      clearInterval(timer)
      await running
    },
  }
}
