import { IdentityError } from '../../errors.ts'
import type { Awaitable } from '../act.ts'
import type { Hex } from '../hex.ts'

/** A subject is an HMAC, from which no way leads back: who is behind it the store keeps, from the first sign-in on. */
export interface SubjectReads {
  /**
   * Whom this site knows by this subject, at this moment. Undefined: nobody; or somebody whom it was told to forget, who
   * has erased himself, or whom another site knows by it.
   */
  subscriberOf(siteId: Hex, subject: string): Awaitable<Hex | undefined>
}

/** 32 bytes in base64url, in the one spelling that the last digit leaves. */
const SUBJECT = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/

/** Whether a text can be a subject at all: none other reaches the store. */
export function isSubject(text: string): boolean {
  return SUBJECT.test(text)
}

/**
 * The person behind a subject, for a site that signed him in. What changes something decides again in its own
 * transaction: the owner may have himself forgotten in between (`src/store/operations/subjects.ts` `ownerOf()`).
 * @param siteId the calling site, proven by its certificate; never what a request says
 * @throws IdentityError subject-unknown, the same for nobody and for another site's; store-unavailable
 */
export async function subscriberOf(store: SubjectReads, siteId: Hex, subject: string): Promise<Hex> {
  const subscriberId = isSubject(subject) ? await store.subscriberOf(siteId, subject) : undefined
  if (subscriberId === undefined) throw subjectUnknown()
  return subscriberId
}

export function subjectUnknown(): IdentityError {
  return new IdentityError(
    'subject-unknown',
    'Your site knows nobody by this subject. It can speak of people whom it has signed in and was not told to forget.',
  )
}
