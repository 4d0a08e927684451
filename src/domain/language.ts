/** The languages of all pages. Adding one means adding it here: the compiler then names every text that is missing. */
export const LANGUAGES = ['en', 'de', 'fr', 'es'] as const
export type Language = (typeof LANGUAGES)[number]
