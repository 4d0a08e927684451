import { IdentityError } from '../../src/errors.ts'

/** The code with which something is refused; `taken` when it is not; whatever else was thrown, thrown on. */
export function refusalOf(act: () => unknown): string {
  try {
    act()
    return 'taken'
  } catch (error) {
    if (error instanceof IdentityError) return error.code
    throw error
  }
}
