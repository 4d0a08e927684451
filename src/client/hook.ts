type Hook<T> = (value: T) => unknown

/** What your own code throws, or promises and breaks, must not stop what ends a person; nobody waits for it. */
export function calling<T>(hook: Hook<T>, failed: (error: unknown) => void): (value: T) => void {
  return (value) => {
    try {
      const promised = hook(value)
      if (promised instanceof Promise) promised.catch(failed)
    } catch (error) {
      failed(error)
    }
  }
}

/** The same for the hook that is told of all this: nobody is left to be told of its own failures. */
export function quietly(failed: Hook<unknown> | undefined): (error: unknown) => void {
  return failed ? calling(failed, () => {}) : () => {}
}

/**
 * Waits for what your own code promised, and no longer than that.
 * @param time ms
 * @throws what it rejects with; `late` when the time is up
 */
export async function withinTime(promised: void | Promise<void>, time: number, late: Error): Promise<void> {
  const up = Promise.withResolvers<never>()
  const timer = setTimeout(() => up.reject(late), time).unref()
  await Promise.race([promised, up.promise]).finally(() => clearTimeout(timer))
}
