import type { PublicKeyCredentialCreationOptionsJSON } from '@simplewebauthn/browser'
import type { Machine } from './platform.ts'

/** What comes back for a request, once. */
export interface Enrolled {
  /** PEM */
  readonly certificate: string
  /** PEM */
  readonly chain: string
  /** as it stands in the certificate */
  readonly label: string
  /** null: another check was chosen, or none is needed */
  readonly totp: { readonly secret: string; readonly uri: string; readonly qr: QrPath } | null
  /** whether the codes whose digests were sent are good now; false: the ones that its owner has stay as they are */
  readonly recovery_codes: boolean
  /** where the browser is asked to show its certificate */
  readonly check: string
  /** what to hand in with the file where a profile is wanted */
  readonly profile_permit: string
}

/** A QR code as the path of an SVG of `size` by `size` units. */
export interface QrPath {
  readonly size: number
  readonly path: string
}

/** With what its owner proves himself from now on. Nothing: an authenticator app, or what he has already. */
export interface CheckChoice {
  /** RegistrationResponseJSON as text */
  readonly passkey?: string
  readonly password?: string
}

/** What is asked for. */
export interface Application extends CheckChoice {
  readonly label: string
  /** PKCS#10, base64 of the DER */
  readonly request: string
  readonly platform: Machine
  /** of the recovery codes that were drawn here */
  readonly recovery_digests: readonly string[]
}

/** Why nothing came back: a code of the service's, or one of the page's own. The page has the sentence. */
export class Refusal extends Error {
  readonly code: string
  /** whether the same page may try again */
  readonly mendable: boolean

  constructor(code: string) {
    super(code)
    this.code = code
    this.mendable = !FINAL.includes(code)
  }
}

/** The connection broke before an answer came. */
const UNREACHABLE = 'unreachable'
/** An answer came that is none of the service's. */
const UNEXPECTED = 'unexpected'

/** After these the invitation is gone. */
const FINAL: readonly string[] = ['invitation-unusable', 'invitation-used', 'signer-unavailable']

/**
 * Asks for the certificate.
 * @param address of the invitation
 * @throws Refusal
 */
export async function applyForCertificate(address: string, application: Application): Promise<Enrolled> {
  return (await post(address, application)) as Enrolled
}

/**
 * Asks for what a new passkey is made of.
 * @param address of the invitation
 * @throws Refusal
 */
export async function beginPasskey(address: string, label: string): Promise<PublicKeyCredentialCreationOptionsJSON> {
  return (await post(`${address}/passkey`, { label })) as PublicKeyCredentialCreationOptionsJSON
}

/**
 * Hands an encrypted identity file to the service, which puts it into a signed profile.
 * @param file PKCS#12, base64 of the DER; its password stays here
 * @returns the address of the profile, good for a few minutes
 * @throws Refusal
 */
export async function requestProfile(permit: string, file: string): Promise<string> {
  const { address } = (await post('/apple-profile', { permit, file })) as { readonly address: string }
  return address
}

async function post(address: string, body: object): Promise<unknown> {
  const answer = await send(address, JSON.stringify(body))
  if (answer.ok) return answer.json()
  throw await refusalOf(answer)
}

async function send(address: string, body: string): Promise<Response> {
  const headers = { 'content-type': 'application/json', accept: 'application/json' }
  try {
    return await fetch(address, { method: 'POST', headers, body, cache: 'no-store', redirect: 'error' })
  } catch {
    throw new Refusal(UNREACHABLE)
  }
}

async function refusalOf(answer: Response): Promise<Refusal> {
  const problem: unknown = await answer.json().catch(() => undefined)
  const known = problem !== null && typeof problem === 'object' && 'code' in problem
  return new Refusal(known ? String(problem.code) : UNEXPECTED)
}
