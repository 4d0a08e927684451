import type { Clock } from './domain/clock.ts'

/** The machine's own, epoch ms. */
export const systemClock: Clock = { now: () => Date.now() }
