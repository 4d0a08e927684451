/** The languages of all pages. Adding one means adding it here: the compiler then names every text that is missing. */
export const LANGUAGES = ['en', 'de', 'fr', 'es'] as const
export type Language = (typeof LANGUAGES)[number]

/** One text, or one page's texts, in every language. */
export type InEveryLanguage<Texts> = Readonly<Record<Language, Texts>>

const FALLBACK: Language = 'en'

/**
 * The language in which somebody reads best, of those that we have.
 * https://www.rfc-editor.org/rfc/rfc9110#section-12.5.4
 * @param accepted the `Accept-Language` header
 */
export function pickLanguage(accepted: string | undefined): Language {
  const wishes = (accepted ?? '').slice(0, LONGEST_WISH).split(',').map(readWish)
  const known = wishes.filter(({ language, weight }) => language !== undefined && weight > 0)
  return known.toSorted((a, b) => b.weight - a.weight)[0]?.language ?? FALLBACK
}

/** Characters. Who speaks more languages than that is not a person. */
const LONGEST_WISH = 400

function readWish(range: string): { readonly language: Language | undefined; readonly weight: number } {
  const [tag = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
  const quality = parameters.find((parameter) => parameter.startsWith('q='))
  const primary = tag.split('-', 1)[0]
  return {
    language: LANGUAGES.find((language) => language === primary),
    weight: quality === undefined ? 1 : Number(quality.slice(2)) || 0,
  }
}
