/** What comes back for a request, once. */
export interface Enrolled {
  /** PEM */
  readonly certificate: string
  /** PEM */
  readonly chain: string
  /** as it stands in the certificate */
  readonly label: string
  readonly totp: { readonly secret: string; readonly uri: string; readonly qr: QrPath }
  readonly recovery_codes: readonly string[]
}

/** A QR code as the path of an SVG of `size` by `size` units. */
export interface QrPath {
  readonly size: number
  readonly path: string
}

/** Why nothing came back, in a sentence for people. */
export class Refusal extends Error {
  /** whether the same page may try again */
  readonly mendable: boolean

  constructor(message: string, mendable: boolean) {
    super(message)
    this.mendable = mendable
  }
}

/** After these the invitation is gone. */
const FINAL: readonly string[] = ['invitation-unusable', 'signer-unavailable']

const UNREACHABLE =
  'The connection broke before an answer came. Check it and try again; if your invitation is used up by then, ask for a new one.'
const UNEXPECTED = 'Something went wrong on our side. Try again in a minute.'

/**
 * Asks for the certificate.
 * @param address of the invitation
 * @throws Refusal
 */
export async function applyForCertificate(address: string, label: string, request: string): Promise<Enrolled> {
  const answer = await send(address, JSON.stringify({ label, request }))
  if (answer.ok) return (await answer.json()) as Enrolled
  throw await refusalOf(answer)
}

async function send(address: string, body: string): Promise<Response> {
  const headers = { 'content-type': 'application/json', accept: 'application/json' }
  try {
    return await fetch(address, { method: 'POST', headers, body, cache: 'no-store', redirect: 'error' })
  } catch {
    throw new Refusal(UNREACHABLE, true)
  }
}

async function refusalOf(answer: Response): Promise<Refusal> {
  const problem: unknown = await answer.json().catch(() => undefined)
  if (problem === null || typeof problem !== 'object' || !('detail' in problem) || !('code' in problem)) {
    return new Refusal(UNEXPECTED, true)
  }
  return new Refusal(String(problem.detail), !FINAL.includes(String(problem.code)))
}
