import type { Reading } from '../../src/client/self.ts'
import type { Asker } from '../../src/domain/site/asker.ts'
import type { Query } from '../../src/domain/verdict/inquiry.ts'
import type { Answer } from '../../src/domain/verdict/known-states.ts'
import { VerdictKeys } from '../../src/domain/verdict/verdict-keys.ts'
import {
  createVerdictReading,
  createVerdictSigner,
  type SignedVerdictReading,
} from '../../src/http/api/signed-verdict.ts'
import { SHOP } from '../domain/asking.ts'

/** How long what is signed here is good, ms. */
export const LIFETIME = 60_000

const PARTS = {
  keys: new VerdictKeys(Buffer.alloc(32, 3)),
  issuer: 'https://id.example:8444',
  policy: { signedVerdictLifetime: LIFETIME },
}
const SHOP_WEB = { site: SHOP, service: 'web', fingerprint: 'ca'.repeat(32) } as Asker

/** What the site is told of signed verdicts. */
export const READING = readingOf(createVerdictReading({ ...PARTS, clock: { now: () => Date.now() } })(SHOP_WEB))

/** As it is after its way through JSON. */
function readingOf({ keys, ...rest }: SignedVerdictReading): Reading {
  return { ...rest, keys: keys.map((key) => ({ ...key })) }
}

/** A verdict for the site, signed by the service's own code. @param now epoch ms */
export function signed(fingerprint: string, answer: Answer, now = Date.now(), site = SHOP): Promise<string> {
  const query = { fingerprint, returnTo: undefined, maxAge: undefined } as Query
  return createVerdictSigner({ ...PARTS, clock: { now: () => now } }).sign({ ...SHOP_WEB, site }, query, answer)
}

export function validAnswer(now = Date.now()): Answer {
  const verdict = { verdict: 'valid', validatedAt: now - 60_000, expiresAt: now + 3_600_000 } as const
  return { verdict, subject: 'subject-of-somebody', redirect: null }
}
