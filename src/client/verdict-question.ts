import { createHash } from 'node:crypto'
import { type ApiAnswer, type Asks, TOKEN } from './api.ts'
import { CountersignError } from './countersign-error.ts'
import type { Reading } from './self.ts'
import { readSignedVerdict, UnknownKey } from './signed-verdict.ts'
import { fieldsOf, NO_CERTIFICATE, readVerdict, type Verdict } from './verdict.ts'

/** What you want beyond the service's own policy. */
export interface Wishes {
  /** where the browser shall come back to: an address of your site that is registered, or one below it */
  readonly returnTo?: string | undefined
  /** the owner must have proven himself within so many seconds */
  readonly maxAge?: number | undefined
  /** the last proof must have been by one of these: `passkey`, `totp`, `password`, `recovery-code` */
  readonly checks?: readonly string[] | undefined
  readonly signal?: AbortSignal | undefined
}

/** A question as it is asked here. */
export interface Asking extends Wishes {
  /** the verdict is wanted signed, and is read so */
  readonly reading?: Reading | undefined
  /** a newer one, for a verdict whose key is not known; undefined: there is none */
  readonly newReading?: () => Promise<Reading | undefined>
}

/** A verdict, and what is needed to know how long it holds. */
export interface Answered {
  readonly verdict: Verdict
  readonly answer: ApiAnswer | undefined
  /** until when a signed one may be believed without asking, by the service's clock, epoch ms */
  readonly goodUntil?: number
}

/** SHA-256 of a certificate's DER, lower-case hex: its name in questions. */
export function fingerprintOf(certificate: Uint8Array): string {
  return createHash('sha256').update(certificate).digest('hex')
}

/**
 * Asks with the certificate (DER) where there is one, since the service then notices a forged one; else with its
 * fingerprint.
 * @throws CountersignError
 */
export async function askVerdict(api: Asks, about: Uint8Array | string | null, wishes: Asking): Promise<Answered> {
  if (about === null) return { verdict: NO_CERTIFICATE, answer: undefined }
  const { signal, reading, newReading } = wishes
  const search = searchOf(wishes)
  const wanted = { signal, ...(reading && { accept: TOKEN }) }
  const answer =
    typeof about === 'string'
      ? await api.ask(`/v1/verdicts/${encodeURIComponent(about)}${search}`, wanted)
      : await api.ask(`/v1/verdicts${search}`, { ...wanted, body: about, type: 'application/pkix-cert' })
  if (!reading) return { verdict: readVerdict(answer.json), answer }
  const fingerprint = typeof about === 'string' ? about : fingerprintOf(about)
  const read = (by: Reading) => readSignedVerdict(answer.token, { ...by, fingerprint, now: answer.date })
  return { ...(await readByNewest(read, reading, newReading)), answer }
}

/** Keys change between two looks: before a verdict is not believed for that, they are asked for. */
async function readByNewest<T>(
  read: (by: Reading) => T,
  reading: Reading,
  newReading: Asking['newReading'],
): Promise<T> {
  try {
    return read(reading)
  } catch (error) {
    const newer = error instanceof UnknownKey ? await newReading?.() : undefined
    if (!newer) throw error
    return read(newer)
  }
}

/** The same, but an address that is not registered is left out: the browser then comes back to the first registered one. */
export async function askReturning(api: Asks, about: Uint8Array | string | null, wishes: Asking): Promise<Answered> {
  try {
    return await askVerdict(api, about, wishes)
  } catch (error) {
    const refused = error instanceof CountersignError && error.problem === 'return-to-refused'
    if (!refused || wishes.returnTo === undefined) throw error
    return askVerdict(api, about, { ...wishes, returnTo: undefined })
  }
}

/** Verdicts in one question. */
export const MOST_QUERIES = 1_000

/**
 * Asks about many certificates, of which each has its verdict, or an error in its place.
 * @param timeout ms
 * @throws CountersignError when there is no answer at all
 */
export async function askMany(
  api: Asks,
  fingerprints: readonly string[],
  timeout: number,
): Promise<readonly (Verdict | CountersignError)[]> {
  const body = JSON.stringify({ queries: fingerprints.map((fingerprint) => ({ fingerprint })) })
  const { json } = await api.ask('/v1/verdicts/batch', { body, type: 'application/json', timeout })
  const { answers } = fieldsOf(json)
  if (!Array.isArray(answers) || answers.length !== fingerprints.length)
    throw new CountersignError('answer-unreadable', 'The answer has not as many verdicts as were asked for.')
  return answers.map(readOne)
}

function readOne(answer: unknown): Verdict | CountersignError {
  try {
    return readVerdict(answer)
  } catch (error) {
    if (error instanceof CountersignError) return error
    throw error
  }
}

function searchOf({ returnTo, maxAge, checks }: Wishes): string {
  const search = new URLSearchParams()
  if (returnTo !== undefined) search.set('return_to', returnTo)
  if (maxAge !== undefined) search.set('max_age', String(maxAge))
  if (checks !== undefined) search.set('checks', checks.join(','))
  return search.size === 0 ? '' : `?${search}`
}
