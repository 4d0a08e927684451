import { createHmac } from 'node:crypto'
import type { Hex } from '../hex.ts'
import { keyObject } from '../key-object.ts'

/**
 * The id of a subscriber as one site sees it: pairwise, so that two sites cannot compare notes by it. It follows from
 * the person, not from the certificate, and so survives renewal and new devices.
 * https://openid.net/specs/openid-connect-core-1_0.html#PairwiseAlg
 * @param subjectKey `keyring.subject`
 * @param generation how often the subscriber wanted to be forgotten there: each time the id becomes another one
 * @returns 43 characters of base64url (HMAC-SHA-256)
 */
export function pairwiseSubject(subjectKey: Uint8Array, siteId: Hex, subscriberId: Hex, generation = 0): string {
  const hmac = createHmac('sha256', keyObject(subjectKey)).update(Buffer.from(siteId + subscriberId, 'hex'))
  // who was never forgotten has the id that sites have held from the beginning
  if (generation > 0) hmac.update(String(generation))
  return hmac.digest('base64url')
}
