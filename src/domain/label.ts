import { IdentityError } from '../errors.ts'
import { cleanText } from './clean-text.ts'

/** Longest label in characters: it becomes a common name. https://www.rfc-editor.org/rfc/rfc5280#appendix-A.1 */
export const MAX_LABEL_CHARS = 64

/**
 * Cleans the name that its owner gives a device.
 * @returns 1 to 64 characters, all of them to be seen
 * @throws IdentityError label-invalid
 */
export function cleanLabel(text: string): string {
  return cleanText(text, MAX_LABEL_CHARS, refused)
}

function refused(what: string): IdentityError {
  return new IdentityError(
    'label-invalid',
    `This name cannot be taken. ${what} Use 1 to ${MAX_LABEL_CHARS} visible characters.`,
  )
}
