import type { Agent } from 'node:https'
import { setTimeout as pause } from 'node:timers/promises'
import type { Hex } from '../../src/domain/hex.ts'
import { parseCertificate } from '../../src/x509/certificate.ts'
import { makeOwnRequest } from '../../src/x509/own-request.ts'
import { decodePem } from '../../src/x509/pem.ts'
import { fingerprint } from '../../src/x509/thumbprint.ts'
import { agentOf, exchange, type Identity, type Reply } from '../e2e/exchange.ts'

/** Where operators press. */
export interface AdminListener {
  readonly address: string
  readonly operator: Identity
  /** PEM */
  readonly anchor: string
  /** whose services are certified */
  readonly site: string
}

/** What the operators of all lives were told, and what they asked for. */
export class Acknowledged {
  /** fingerprint to DER */
  readonly issued = new Map<Hex, Uint8Array>()
  readonly serials = new Set<Hex>()
  readonly revoked = new Set<Hex>()
  /** asked for; whether it happened, nobody was told */
  readonly perhapsRevoked = new Set<Hex>()
  /** of `issued`, in order, those whose revocation nobody has asked for */
  readonly good: Hex[] = []
}

/** so many certificates are asked for at the same time */
export const ISSUERS = 3
const REVOKERS = 2

/** Operators that issue and revoke without a pause over the admin listener of one life. */
export class Pressure {
  /** answers that the signer was away */
  withoutSigner = 0
  readonly #listener: AdminListener
  readonly #acknowledged: Acknowledged
  readonly #agent: Agent
  readonly #request = Buffer.from(makeOwnRequest().request).toString('base64')
  readonly #operators: Promise<unknown>
  #pressing = true

  constructor(listener: AdminListener, acknowledged: Acknowledged) {
    this.#listener = listener
    this.#acknowledged = acknowledged
    this.#agent = agentOf(listener.anchor, listener.operator)
    const issuers = Array.from({ length: ISSUERS }, () => this.#again(() => this.#issue()))
    const revokers = Array.from({ length: REVOKERS }, () => this.#again(() => this.#revoke()))
    this.#operators = Promise.all([...issuers, ...revokers])
  }

  /** To be called when the life has ended. */
  async stop(): Promise<void> {
    this.#pressing = false
    await this.#operators
    this.#agent.destroy()
  }

  /** What the life says of a certificate. */
  look(of: Hex): Promise<Reply> {
    return this.#send(`/${of}`)
  }

  /** Until the connection is gone, and with it the life. */
  async #again(act: () => Promise<void>): Promise<void> {
    while (this.#pressing) {
      try {
        await act()
      } catch {
        return
      }
    }
  }

  async #issue(): Promise<void> {
    const { status, json } = await this.#send('', { site: this.#listener.site, service: 'web', request: this.#request })
    if (status === 503) {
      this.withoutSigner += 1
      await pause(20)
    }
    if (status !== 201) return
    const der = decodePem(String(json.certificate), 'CERTIFICATE')
    this.#acknowledged.issued.set(fingerprint(der), der)
    this.#acknowledged.serials.add(serialOf(der))
    this.#acknowledged.good.push(fingerprint(der))
  }

  async #revoke(): Promise<void> {
    const { good, revoked, perhapsRevoked } = this.#acknowledged
    const next = good.shift()
    if (next === undefined) {
      await new Promise(setImmediate)
      return
    }
    perhapsRevoked.add(next)
    const { status } = await this.#send(`/${next}/revoke`, { reason: 'superseded' })
    if (status === 200) revoked.add(next)
  }

  #send(path: string, body?: object): Promise<Reply> {
    return exchange(`${this.#listener.address}/v1/certificates${path}`, { agent: this.#agent, ...(body && { body }) })
  }
}

export function serialOf(der: Uint8Array): Hex {
  return Buffer.from(parseCertificate(der).serial).toString('hex')
}
