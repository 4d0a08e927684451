import { IdentityError } from '../errors.ts'

/** The one refusal of a store that cannot be asked, whatever the cause. */
export function storeUnavailable(cause: unknown): IdentityError {
  return new IdentityError('store-unavailable', 'The store cannot be reached at the moment. Try again shortly.', {
    cause,
  })
}
