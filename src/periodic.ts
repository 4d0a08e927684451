/** Something that is done again and again until it is stopped. */
export interface Periodic {
  /** resolves when a run under way has ended */
  stop(): Promise<void>
}

/**
 * Runs a task `interval` ms after its last run, so never twice at once. A failure is told and does not end the series.
 * @param failed told of each failure
 * @param pause ms after a run that was left `unfinished`: others come to their turn in between
 */
export function every(
  interval: number,
  task: () => Promise<unknown>,
  failed: (error: unknown) => void,
  pause = interval,
): Periodic {
  let running: Promise<unknown> = Promise.resolve()
  let stopped = false
  const run = (): void => {
    running = task()
      .catch(failed)
      .then((outcome) => {
        if (!stopped) timer = setTimeout(run, outcome === 'unfinished' ? pause : interval)
      })
  }
  let timer = setTimeout(run, interval)
  return {
    async stop() {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}
