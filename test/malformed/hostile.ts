import type { ErrorCode } from '../../src/errors.ts'

/** Bytes that must be refused, what is wrong with them, and with which code they are refused. */
export interface Hostile {
  readonly name: string
  readonly code: ErrorCode
  readonly der: Uint8Array
}
