import { IdentityError } from '../errors.ts'

/** The refusal of bytes that are not DER, or not the DER that was expected. */
export function malformed(what: string): IdentityError {
  return new IdentityError('der-malformed', `This is not the DER that is expected here: ${what}. Make the file anew.`)
}
