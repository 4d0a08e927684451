import { startRegistration } from '@simplewebauthn/browser'
import { part } from './page-parts.ts'

/** Has the browser make a passkey when its form is sent, and sends what it says of it. */
function start(): void {
  const form = part('passkey-form', HTMLFormElement)
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    void make(form)
  })
  form.hidden = false
}

async function make(form: HTMLFormElement): Promise<void> {
  const failed = part('passkey-failed', HTMLElement)
  failed.hidden = true
  try {
    const response = await startRegistration({ optionsJSON: JSON.parse(form.dataset.options ?? '') })
    part('passkey-response', HTMLInputElement).value = JSON.stringify(response)
    form.submit()
  } catch {
    failed.hidden = false
  }
}

start()
