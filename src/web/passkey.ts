import { startAuthentication } from '@simplewebauthn/browser'
import { part } from './page-parts.ts'

/** Stands in the browser's storage for as long as asking by itself has last led nowhere: the passkey may be elsewhere. */
const NOT_HERE = 'passkey-not-here'

/** Asks the browser's passkey as the page opens, or when its button is pressed, and sends the answer as a form. */
function start(): void {
  const form = part('passkey-form', HTMLFormElement)
  const button = part('passkey', HTMLButtonElement)
  button.addEventListener('click', () => void prove(form, button, true))
  form.hidden = false
  if (form.dataset.atOnce !== undefined && recall() === null) void prove(form, button, false)
}

/** @param isPressed somebody wanted it: what goes wrong is told. A browser that wants to be touched first says nothing */
async function prove(form: HTMLFormElement, button: HTMLButtonElement, isPressed: boolean): Promise<void> {
  const failed = part('passkey-failed', HTMLElement)
  button.disabled = true
  failed.hidden = true
  try {
    const answer = await startAuthentication({ optionsJSON: JSON.parse(form.dataset.options ?? '') })
    part('passkey-answer', HTMLInputElement).value = JSON.stringify(answer)
    remember(true)
    form.submit()
  } catch {
    remember(false)
    failed.hidden = !isPressed
    button.disabled = false
  }
}

/** A browser that keeps nothing is asked each time. */
function recall(): string | null {
  try {
    return localStorage.getItem(NOT_HERE)
  } catch {
    return null
  }
}

function remember(isHere: boolean): void {
  try {
    if (isHere) localStorage.removeItem(NOT_HERE)
    else localStorage.setItem(NOT_HERE, 'yes')
  } catch {
    // Nothing is kept, then.
  }
}

start()
