import { LANGUAGES, type Language } from '../domain/language.ts'

/** One text, or one page's texts, in every language. */
export type InEveryLanguage<Texts> = Readonly<Record<Language, Texts>>

/**
 * The language in which somebody reads best, of those that there are.
 * https://www.rfc-editor.org/rfc/rfc9110#section-12.5.4
 * @param accepted the `Accept-Language` header
 * @param offered at least one; the first is for those who read none of them
 */
export function pickLanguage(accepted: string | undefined, offered: readonly Language[] = LANGUAGES): Language {
  const wishes = (accepted ?? '').slice(0, LONGEST_WISH).split(',').map(readWish)
  const known = wishes.filter(({ language, weight }) => language && offered.includes(language) && weight > 0)
  return known.toSorted((a, b) => b.weight - a.weight)[0]?.language ?? offered[0] ?? LANGUAGES[0]
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
