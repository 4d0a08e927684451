import { createHash } from 'node:crypto'

/** What a page sends of its recovery codes, of codes that nobody has: for enrollments that use none. */
export const DIGESTS: readonly string[] = Array.from({ length: 10 }, (_, i) =>
  createHash('sha256').update(`no code ${i}`).digest('hex'),
)
