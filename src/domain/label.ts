import { IdentityError } from '../errors.ts'

/** Longest label in characters: it becomes a common name. https://www.rfc-editor.org/rfc/rfc5280#appendix-A.1 */
export const MAX_LABEL_CHARS = 64

/** Longer input is not looked at. */
const MAX_INPUT_UNITS = 1_024

/** An emoji that is made of several: its joiners and variation selectors are seen, not hidden. */
const EMOJI =
  /\p{Extended_Pictographic}[\ufe0f\p{Emoji_Modifier}]*(?:\u200d\p{Extended_Pictographic}[\ufe0f\p{Emoji_Modifier}]*)*/gu

/**
 * What is not seen, or makes other text look like what it is not: controls, format characters (bidi overrides,
 * zero-width spaces and joiners), fillers, line and paragraph separators, half surrogates, private characters, blank Braille.
 */
const DECEPTIVE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u

/**
 * Cleans the name that its owner gives a device: NFC, white space trimmed and single.
 * @returns 1 to 64 characters, all of them to be seen
 * @throws IdentityError label-invalid
 */
export function cleanLabel(text: string): string {
  if (text.length > MAX_INPUT_UNITS) throw refused('It is too long.')
  const label = text
    .normalize('NFC')
    .replace(/\p{Zs}+/gu, ' ')
    .trim()
  if (DECEPTIVE.test(label.replace(EMOJI, 'x'))) throw refused('It holds characters that cannot be seen.')
  if (label === '') throw refused('It is empty.')
  if ([...label].length > MAX_LABEL_CHARS) throw refused('It is too long.')
  return label
}

function refused(what: string): IdentityError {
  return new IdentityError(
    'label-invalid',
    `This name cannot be taken. ${what} Use 1 to ${MAX_LABEL_CHARS} visible characters.`,
  )
}
