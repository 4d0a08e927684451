import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { Asks } from './api.ts'
import { CountersignError } from './countersign-error.ts'
import { makeOwnRequest } from './own-request.ts'
import { fieldsOf, requireText } from './verdict.ts'

/** The next API certificate with its chain, and its key: PEM. */
export interface RenewedPair {
  readonly cert: string
  readonly key: string
}

/**
 * Has your API certificate renewed, with a key that was made here and never leaves.
 * @throws CountersignError question-refused: it is too early, or was done too often
 */
export async function renewPair(api: Asks): Promise<RenewedPair> {
  const { key, request } = makeOwnRequest()
  const question = { body: request, type: 'application/pkcs10', accept: 'application/json', once: true }
  const { json } = await api.ask('/v1/site/certificate', question)
  const cert = requireText(fieldsOf(json).certificate, 'certificate')
  if (!isFor(cert, key))
    throw new CountersignError('answer-unreadable', 'What came back is no certificate for the key that was sent.')
  return { cert, key }
}

/** A pair that does not fit would be stored over one that does. */
function isFor(cert: string, key: string): boolean {
  try {
    return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))
  } catch {
    return false
  }
}
