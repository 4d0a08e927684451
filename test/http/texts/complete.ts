import type { Test } from 'tap'
import { LANGUAGES } from '../../../src/domain/language.ts'
import type { InEveryLanguage } from '../../../src/http/language.ts'
import { Markup } from '../../../src/http/page.ts'

/** What texts with values are called with: more values than any takes, all of them told apart from words. */
const VALUES = ['«1»', '«2»', '«3»', '«4»'] as const

/** In French a space stands before these signs, and no line may end there. */
const LOOSE = /« | [»?!:;]/

/**
 * Every text is there in every language, and no translation was forgotten: none is empty, and none reads as in English
 * but those that are named.
 * @param same texts that are the same in some language, by their path, such as `site` or `faces.x.heading`
 */
export function holdsComplete(t: Test, texts: InEveryLanguage<object>, same: readonly string[] = []): void {
  const english = new Map(textsOf(texts.en))
  for (const language of LANGUAGES) {
    const here = new Map(textsOf(texts[language]))
    t.same([...here.keys()].toSorted(), [...english.keys()].toSorted(), `${language}: the same texts`)
    for (const [path, text] of here) {
      if (text.trim() === '') t.fail(`${language}: ${path} is empty`)
      if (language !== 'en' && text === english.get(path) && !same.includes(path))
        t.fail(`${language}: ${path} reads as in English: ${text}`)
      if (language === 'fr' && LOOSE.test(text)) t.fail(`${language}: ${path} may be broken before a sign: ${text}`)
    }
  }
}

/** Every text with its path. Functions are called with numbers and with words. */
function textsOf(value: unknown, path = ''): readonly (readonly [path: string, text: string])[] {
  if (typeof value === 'string') return [[path, value]]
  if (value instanceof Markup) return [[path, value.text]]
  if (isFunction(value)) {
    return [0, 1, 2].flatMap((count) => textsOf(callWith(value, count), `${path}(${count})`))
  }
  if (typeof value !== 'object' || value === null) throw new TypeError(`${path} is no text`)
  return Object.entries(value).flatMap(([name, inner]) => textsOf(inner, path === '' ? name : `${path}.${name}`))
}

function isFunction(value: unknown): value is (...values: unknown[]) => unknown {
  return typeof value === 'function'
}

/** Some texts want a number first, some a word. */
function callWith(text: (...values: unknown[]) => unknown, count: number): unknown {
  return text(...(count === 0 ? VALUES : [count, ...VALUES.slice(1)]))
}
