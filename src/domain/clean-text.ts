import type { IdentityError } from '../errors.ts'

/** UTF-16 units for each character that is allowed: longer input is not looked at. The longest emoji have fewer. */
const UNITS_PER_CHARACTER = 16

/** An emoji that is made of several: its joiners and variation selectors are seen, not hidden. */
const EMOJI =
  /\p{Extended_Pictographic}[\ufe0f\p{Emoji_Modifier}]*(?:\u200d\p{Extended_Pictographic}[\ufe0f\p{Emoji_Modifier}]*)*/gu

/**
 * What is not seen, or makes other text look like what it is not: controls, format characters (bidi overrides,
 * zero-width spaces and joiners), fillers, line and paragraph separators, half surrogates, private characters, blank Braille.
 */
const DECEPTIVE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u

/**
 * Cleans a text that somebody wrote and others will read: NFC, white space trimmed and single.
 * @param most characters
 * @param refused makes the error from what is wrong, a sentence
 * @returns 1 to `most` characters, all of them to be seen
 */
export function cleanText(text: string, most: number, refused: (what: string) => IdentityError): string {
  if (text.length > most * UNITS_PER_CHARACTER) throw refused('It is too long.')
  const cleaned = text
    .normalize('NFC')
    .replace(/\p{Zs}+/gu, ' ')
    .trim()
  if (DECEPTIVE.test(cleaned.replace(EMOJI, 'x'))) throw refused('It holds characters that cannot be seen.')
  if (cleaned === '') throw refused('It is empty.')
  if ([...cleaned].length > most) throw refused('It is too long.')
  return cleaned
}
