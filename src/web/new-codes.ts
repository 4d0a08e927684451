import { showCodes } from './keepsakes.ts'
import { part } from './page-parts.ts'
import { drawRecoveryCodes, type RecoveryCodes } from './recovery-codes.ts'

/**
 * Draws recovery codes, has their digests kept when the form is sent, and shows the codes once that was answered. One set
 * for as long as the page is open: when an answer is lost, the next try sends the same, and what is shown is what is kept.
 */
function start(): void {
  const form = part('codes-form', HTMLFormElement)
  const drawn = drawRecoveryCodes()
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    void renew(form, drawn)
  })
  form.hidden = false
}

async function renew(form: HTMLFormElement, drawn: Promise<RecoveryCodes>): Promise<void> {
  const button = part('make-codes', HTMLButtonElement)
  const failed = part('codes-failed', HTMLElement)
  button.disabled = true
  failed.hidden = true
  addEventListener('beforeunload', warn)
  try {
    const { codes, digests } = await drawn
    const { ok, status } = await send(form, digests)
    if (ok) show(form, codes)
    else if (status === FORBIDDEN) leadToDoor()
    else failed.hidden = false
  } catch {
    failed.hidden = false
  } finally {
    button.disabled = false
  }
}

const FORBIDDEN = 403

function send(form: HTMLFormElement, digests: readonly string[]): Promise<Response> {
  const body = new URLSearchParams({ token: String(new FormData(form).get('token')) })
  for (const digest of digests) body.append('digest', digest)
  const headers = { accept: 'application/json' }
  return fetch(form.action, { method: 'POST', headers, body, cache: 'no-store', redirect: 'error' })
}

function show(form: HTMLFormElement, codes: readonly string[]): void {
  showCodes(codes)
  form.hidden = true
  part('fresh-codes', HTMLElement).hidden = false
  part('codes-lead', HTMLElement).focus()
  part('codes-done', HTMLAnchorElement).addEventListener('click', () => removeEventListener('beforeunload', warn))
}

/** Nothing was changed; whose session or proof is over is led on by this very address. */
function leadToDoor(): void {
  removeEventListener('beforeunload', warn)
  location.reload()
}

/** Until it was answered, nobody knows which codes are good; afterwards they are shown this once. */
function warn(event: BeforeUnloadEvent): void {
  event.preventDefault()
}

start()
