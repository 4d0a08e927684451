import { setTimeout } from 'node:timers/promises'

/** Waits until the condition holds. @throws after `within` ms (default 30 s) */
export async function until(holds: () => boolean | Promise<boolean>, within = 30_000): Promise<void> {
  const end = performance.now() + within
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`it does not come to pass: ${holds}`)
    await setTimeout(5)
  }
}
