/** A part of the page by its id. */
export function part<T extends HTMLElement>(id: string, type: new () => T): T {
  const found = document.getElementById(id)
  if (found instanceof type) return found
  throw new TypeError(`the page has no ${id}`)
}

/** Shows a text at its place; an empty one hides the place. */
export function tell(name: string, text: string): void {
  const place = part(name, HTMLElement)
  place.textContent = text
  place.hidden = text === ''
}

/** A sentence that the page brings along, in its own language; undefined: it has none of that name. */
export function word(name: string): string | undefined {
  return document.getElementById(`word-${name}`)?.textContent ?? undefined
}

export function element(tag: string, text: string): HTMLElement {
  const made = document.createElement(tag)
  made.textContent = text
  return made
}

const SHOWN_FOR = 2_000

/**
 * Lets a button copy a text, and say so.
 * @param byHand what else to do where the browser refuses
 */
export function onCopy(name: string, text: string, byHand = (): void => {}): void {
  const button = part(name, HTMLButtonElement)
  const idle = button.textContent ?? ''
  button.addEventListener('click', async () => {
    const copied = await navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    )
    if (!copied) byHand()
    button.textContent = word(copied ? 'copied' : 'by-hand') ?? idle
    setTimeout(() => {
      button.textContent = idle
    }, SHOWN_FOR)
  })
}
