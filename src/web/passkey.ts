import { startAuthentication } from '@simplewebauthn/browser'
import { part } from './page-parts.ts'

/** Asks the browser's passkey as the page opens, or when its button is pressed, and sends the answer as a form. */
function start(): void {
  const form = part('passkey-form', HTMLFormElement)
  const button = part('passkey', HTMLButtonElement)
  button.addEventListener('click', () => void prove(form, button, true))
  form.hidden = false
  if (form.dataset.atOnce !== undefined) void prove(form, button, false)
}

/** @param isPressed somebody wanted it: what goes wrong is told. A browser that wants to be touched first says nothing */
async function prove(form: HTMLFormElement, button: HTMLButtonElement, isPressed: boolean): Promise<void> {
  const failed = part('passkey-failed', HTMLElement)
  button.disabled = true
  failed.hidden = true
  try {
    const answer = await startAuthentication({ optionsJSON: JSON.parse(form.dataset.options ?? '') })
    part('passkey-answer', HTMLInputElement).value = JSON.stringify(answer)
    form.submit()
  } catch {
    failed.hidden = !isPressed
    button.disabled = false
  }
}

start()
