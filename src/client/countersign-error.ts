/**
 * Why there is no verdict.
 * `caller-refused`: your own API certificate is revoked, held, expired or unknown. `question-refused`: the service will
 * not answer this question; `problem` tells why. `unavailable`: no answer in time. `answer-unreadable`: an answer that
 * says nothing known here. `closed`: {@link Identity.close} was called.
 */
export type CountersignErrorCode =
  | 'caller-refused'
  | 'question-refused'
  | 'unavailable'
  | 'answer-unreadable'
  | 'closed'

/** There is no verdict, and so nobody to sign in. */
export class CountersignError extends Error {
  override readonly name = 'CountersignError'
  readonly code: CountersignErrorCode
  /** the code of the service's problem, where it sent one */
  readonly problem: string | undefined

  constructor(code: CountersignErrorCode, message: string, options: { cause?: unknown; problem?: string } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.code = code
    this.problem = options.problem
  }
}
