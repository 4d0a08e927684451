import type { ErrorCode } from '../errors.ts'
import { html, type PageAssets, renderPage } from './page.ts'
import type { Problem } from './problem.ts'

/** What a person reads of a refusal. Without a text, the refusal's own sentence says what happened and what to do. */
interface Face {
  readonly heading: string
  readonly text?: string
}

/** The refusals that people meet; their statuses stand in `problem.ts`. */
const FACES: Readonly<Partial<Record<ErrorCode, Face>>> = {
  'ticket-unusable': { heading: 'This link has expired' },
  'ticket-spent': { heading: 'This is done already' },
  'ticket-foreign': { heading: 'Another certificate is needed' },
  'certificate-missing': { heading: 'No certificate was shown' },
  'certificate-held': { heading: 'Your certificate is on hold' },
  'certificate-revoked': { heading: 'Your certificate is revoked' },
  'certificate-expired': { heading: 'Your certificate has expired' },
  'check-missing': { heading: 'Another proof is needed' },
  'check-failed': { heading: 'This code is not right' },
  'too-many-guesses': { heading: 'Please wait a minute' },
  'cross-site': { heading: 'This did not come from our page' },
  'invitation-unusable': { heading: 'This invitation cannot be used' },
  'store-unavailable': {
    heading: 'One moment, please',
    text: 'We cannot look you up right now, and nobody is let through unseen. Try again in a minute.',
  },
  'signer-unavailable': { heading: 'It could not be finished' },
  'not-found': {
    heading: 'There is nothing here',
    text: 'Perhaps the address was not copied whole. Open the link once more from where you got it.',
  },
  misdirected: { heading: 'Wrong door' },
  'body-malformed': { heading: 'This form cannot be read', text: 'Go back, reload the page, and send it once more.' },
}

const UNEXPECTED: Face = {
  heading: 'Something went wrong',
  text: 'It is not your fault. Go back and try again; if it stays, tell your operator the reference below.',
}

/** A way on from a problem. */
export interface WayOn {
  readonly address: string
  readonly text: string
}

/** A page of its own for each refusal: what happened, what to do next, and a reference for the operator. */
export function renderProblemPage(problem: Problem, assets: PageAssets, wayOn?: WayOn): string {
  const { heading, text = problem.detail } = FACES[problem.code] ?? UNEXPECTED
  const main = html`<h1>${heading}</h1>
<p>${text}</p>
${wayOn && html`<p class="actions"><a class="button" href="${wayOn.address}">${wayOn.text}</a></p>`}
<p class="reference">Reference: <code>${problem.code}</code> <code>${problem.instance.replace('urn:uuid:', '')}</code></p>`
  return renderPage({ title: heading, assets, main })
}
