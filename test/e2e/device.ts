import { type ClientHttp2Session, connect, type OutgoingHttpHeaders } from 'node:http2'
import { HOTP, Secret } from 'otpauth'
import { makeInvitation } from '../../src/domain/enrollment/invitation-token.ts'
import { drawRecoveryCodes } from '../../src/web/recovery-codes.ts'
import { makeOwnRequest } from '../../src/x509/own-request.ts'
import { decodePem } from '../../src/x509/pem.ts'
import { fingerprint } from '../../src/x509/thumbprint.ts'
import { agentOf, exchange, type Identity, type Reply, replyOf } from './exchange.ts'
import type { Inside } from './inside.ts'
import type { TestService } from './service.ts'
import { type AskingService, base64 } from './site-service.ts'

/** A person's browser with its certificate, and what proves the person. */
export interface Device extends Identity {
  /** the leaf alone */
  readonly pem: string
  readonly der: Uint8Array
  readonly fingerprint: string
  /** base32 */
  readonly totpSecret: string
  readonly recoveryCodes: readonly string[]
}

/** A fresh invitation's token. @param subscriberId who is invited to add a device; default: somebody new */
export async function invite({ store, config }: Inside, subscriberId?: string): Promise<string> {
  const clock = { now: () => Date.now() }
  return (await makeInvitation({ store, policy: config.policy, clock }, { actor: 'operator:cli', subscriberId })).token
}

/** Enrolls a browser on `portal`, as the page does. @param token of an invitation; default: a fresh one */
export async function enroll(service: TestService, inside: Inside, label = 'Laptop', token?: string): Promise<Device> {
  const { key, request } = makeOwnRequest()
  const agent = agentOf(service.anchor, undefined, { keepAlive: false })
  const address = `${service.address('portal')}/enroll/${token ?? (await invite(inside))}`
  const { codes, digests } = await drawRecoveryCodes()
  const body = { label, request: base64(request), recovery_digests: digests }
  const { status, json } = await exchange(address, { agent, body })
  if (status !== 201) throw new Error(`not enrolled: ${JSON.stringify(json)}`)
  const pem = String(json.certificate)
  const der = decodePem(pem, 'CERTIFICATE')
  return {
    cert: pem + String(json.chain),
    key: key.export({ type: 'pkcs8', format: 'pem' }) as string,
    pem,
    der,
    fingerprint: fingerprint(der),
    totpSecret: (json.totp as { secret: string }).secret,
    recoveryCodes: codes,
  }
}

/** What the authenticator app shows. @param offset in steps of 30 s */
function totpCode({ totpSecret }: Device, offset = 0): string {
  return HOTP.generate({ secret: Secret.fromBase32(totpSecret), counter: Math.floor(Date.now() / 30_000) + offset })
}

export type Form = Readonly<Record<string, string>>

export function totpForm(device: Device, offset = 0): Form {
  return { check: 'totp', answer: totpCode(device, offset) }
}

export function recoveryForm({ recoveryCodes }: Pick<Device, 'recoveryCodes'>, which = 0): Form {
  return { check: 'recovery-code', answer: recoveryCodes[which]! }
}

/** A browser's HTTP/2 connection to `signon`, with its certificate or without one. */
export class Browsing {
  readonly session: ClientHttp2Session

  constructor(service: TestService, identity: Identity | undefined, address = service.address('signon')) {
    this.session = connect(address, { ca: service.anchor, ...identity })
    // whoever waits for an answer hears of it
    this.session.on('error', () => {})
  }

  get(path: string, headers: OutgoingHttpHeaders = {}): Promise<Reply> {
    return this.#send({ ':method': 'GET', ':path': path, ...headers })
  }

  post(path: string, form: Form, headers: OutgoingHttpHeaders = {}): Promise<Reply> {
    const type = { 'content-type': 'application/x-www-form-urlencoded' }
    return this.#send({ ':method': 'POST', ':path': path, ...type, ...headers }, new URLSearchParams(form))
  }

  close(): void {
    this.session.close()
  }

  #send(headers: OutgoingHttpHeaders, body?: URLSearchParams): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const stream = this.session.request(headers)
      const chunks: Buffer[] = []
      let answered: OutgoingHttpHeaders = {}
      stream.once('error', reject)
      this.session.once('error', reject)
      stream.once('response', (received) => {
        answered = received
      })
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.once('end', () => {
        const { ':status': status, ...rest } = answered
        resolve(replyOf(Number(status), rest as Reply['headers'], Buffer.concat(chunks)))
      })
      stream.end(body?.toString())
    })
  }
}

/** One request of a browser on a connection of its own. */
export async function visit(
  service: TestService,
  identity: Identity | undefined,
  address: string,
  form?: Form,
  headers: OutgoingHttpHeaders = {},
): Promise<Reply> {
  const browsing = new Browsing(service, identity)
  const { pathname } = new URL(address)
  const reply = form ? browsing.post(pathname, form, headers) : browsing.get(pathname, headers)
  return reply.finally(() => browsing.close())
}

/** Walks once, so that the device's certificate is valid for this site. */
export async function validate(service: TestService, asking: AskingService, device: Device, which = 0): Promise<void> {
  const redirect = await asking.redirectFor(device.fingerprint)
  const { status, body } = await visit(service, device, redirect, recoveryForm(device, which))
  if (status !== 303) throw new Error(`the walk ended with ${status}: ${body}`)
}
