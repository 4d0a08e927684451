/**
 * A name for this device that its owner will know again in the browser's picker, as in "Mac, Nov 2026".
 * @param machine the kind of machine, in the page's language
 * @param language of the page, as in its `lang`
 */
export function defaultLabel(machine: string, language: string, today: Date): string {
  return `${machine}, ${today.toLocaleDateString(language, { month: 'short', year: 'numeric' })}`
}
