import type { Tried } from '../check-query.ts'

/** Where somebody stands who looks for his certificate. */
export interface Situation {
  /** undefined: just come */
  readonly tried: Tried | undefined
  /** what this browser shows, here and now */
  readonly answer: 'right' | 'wrong' | 'none'
  /** whether that is what it showed before */
  readonly same: boolean
  /** whether there are fresh names to ask under */
  readonly names: boolean
}

/**
 * What to do next; each but `done` has a button.
 * - look-again, use-another: have the choice forgotten, then ask again, here
 * - ask-fresh: ask under a name that the browser has never seen
 * - go-on: with what was shown under such a name, back here
 */
export type NextClick = 'done' | 'look-again' | 'use-another' | 'ask-fresh' | 'go-on'

/** What must be said besides. */
export type Remark = 'same' | 'fresh' | 'restart'

export interface CheckStep {
  readonly next: NextClick
  readonly remark?: Remark
  /** the page takes the step by itself; never twice in a row, so that nothing loops */
  readonly atOnce?: true
}

/**
 * Forgetting is tried first, since it works in Chromium within a moment and leaves nothing behind; then a fresh name,
 * which shows what the browser could do; to be closed and opened again is asked of nobody whom one of these helps.
 */
export function nextStep(situation: Situation): CheckStep {
  return STEPS[situation.tried ?? 'first'](situation)
}

const STEPS: Readonly<Record<Tried | 'first', (situation: Situation) => CheckStep>> = {
  first: (situation) => (situation.answer === 'none' ? { next: 'look-again', atOnce: true } : settled(situation)),
  evicted: (situation) => {
    if (situation.answer === 'none' || !situation.same) return settled(situation)
    return situation.names ? { next: 'ask-fresh', remark: 'same' } : { next: 'use-another', remark: 'restart' }
  },
  fresh: ({ answer, same }) => {
    if (answer === 'none') return { next: 'ask-fresh', remark: 'restart' }
    if (same) return { next: 'ask-fresh', remark: 'same' }
    return { next: answer === 'right' ? 'go-on' : 'ask-fresh', remark: 'fresh' }
  },
  // Here `same` is what is wished for: what was shown under the fresh name.
  back: (situation) => (situation.same ? settled(situation) : { next: 'look-again', atOnce: true }),
  last: (situation) => (situation.same ? settled(situation) : { next: 'look-again', remark: 'restart' }),
}

const SETTLED = { right: 'done', wrong: 'use-another', none: 'look-again' } as const

function settled({ answer }: Situation): CheckStep {
  return { next: SETTLED[answer] }
}
