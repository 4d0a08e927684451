import { IdentityError } from '../../errors.ts'
import type { Hex } from '../hex.ts'
import type { CheckName } from '../proving/check.ts'
import type { Asker } from '../site/asker.ts'
import type { Answer } from './known-states.ts'

/** One question about one certificate. */
export interface Query {
  /** null: the site saw no certificate */
  readonly fingerprint: Hex | null
  /** undefined: the site's first registered address */
  readonly returnTo: string | undefined
  /** ms */
  readonly maxAge: number | undefined
  /** the last proof must have been by one of these; undefined: whatever the site's policy says */
  readonly checks?: readonly CheckName[] | undefined
}

/** What came out for one query: an answer, or the refusal of this query. */
export type Outcome = Answer | IdentityError

export function isIdle(outcome: Outcome): boolean {
  return (
    !(outcome instanceof Error) && outcome.verdict.verdict === 'needs-revalidation' && outcome.verdict.reason === 'idle'
  )
}

/** Asked for in one request and settled together. */
export interface Inquiry {
  /** fingerprint of the certificate that the calling service proved in its handshake */
  readonly caller: Hex | undefined
  readonly queries: readonly Query[]
  /** questions for which it counts where their number is bounded; undefined: one for each query */
  readonly cost?: number
  settle(asker: Asker, outcomes: readonly Outcome[]): void
  refuse(error: unknown): void
}

/** No answer takes longer than 2 s; what is not settled by then is refused. */
const DEADLINE = 1_800

/** The same inquiry, refused when time is up; whatever comes second is dropped. */
export function withDeadline(inquiry: Inquiry): Inquiry {
  let open = true
  const close = (): boolean => {
    const first = open
    open = false
    clearTimeout(timer)
    return first
  }
  const timer = setTimeout(() => {
    if (close())
      inquiry.refuse(
        new IdentityError(
          'store-unavailable',
          'The store does not answer. Ask again in a moment; nobody is signed in meanwhile.',
        ),
      )
  }, DEADLINE)
  return {
    caller: inquiry.caller,
    queries: inquiry.queries,
    ...(inquiry.cost !== undefined && { cost: inquiry.cost }),
    settle: (asker, outcomes) => void (close() && inquiry.settle(asker, outcomes)),
    refuse: (error) => void (close() && inquiry.refuse(error)),
  }
}

export function refuseAll(inquiries: readonly Inquiry[], error: unknown): void {
  for (const inquiry of inquiries) inquiry.refuse(error)
}
