import type { CertificateRecord, OnlineIssuer } from '../../src/domain/certificate/certificate.ts'
import type { Change } from '../../src/domain/feed.ts'
import type { Hex } from '../../src/domain/hex.ts'
import type { CommandName, RevocationList, RevokedEntry, Store } from '../../src/domain/store.ts'
import { IdentityError } from '../../src/errors.ts'

type Used = Pick<Store, 'revoked' | 'run' | 'changes' | 'certificate'>

/** Just so much of a store, in memory, as the lists use; it can be away. */
export class FakeStore implements Used {
  readonly published: RevocationList[] = []
  readonly entries: Record<string, Map<Hex, RevokedEntry>> = { browser: new Map(), api: new Map(), internal: new Map() }
  readonly feed: Change[] = []
  /** while true every question and command fails */
  away = false
  /** called before each page is answered */
  onPage: (issuer: string) => void = () => undefined
  #numbers = new Map<string, number>()
  #records = new Map<Hex, Pick<CertificateRecord, 'issuer' | 'serial' | 'status'>>()

  /** Revokes or holds without telling the publisher, as another process does. */
  revoke(
    issuer: OnlineIssuer,
    serial: Hex,
    reason: RevokedEntry['reason'] = 'superseded',
    revokedAt = Date.now(),
  ): void {
    this.entries[issuer]?.set(serial, { serial, revokedAt, reason })
    this.#tell(issuer, serial, reason === 'certificate-hold' ? 'held' : 'revoked')
  }

  release(issuer: OnlineIssuer, serial: Hex): void {
    this.entries[issuer]?.delete(serial)
    this.#tell(issuer, serial, 'active')
  }

  /** A change that concerns no list, such as a certificate that was issued. */
  issue(issuer: OnlineIssuer, serial: Hex): void {
    this.#tell(issuer, serial, 'active')
  }

  latest(issuer: string): RevocationList | undefined {
    return this.published.findLast((list) => list.issuer === issuer)
  }

  changes(since: number): { position: number; changes: readonly Change[] | 'everything' } {
    this.#requirePresence()
    const position = this.feed.length
    return { position, changes: since > position ? 'everything' : this.feed.slice(since) }
  }

  certificate(fingerprint: Hex): CertificateRecord | undefined {
    this.#requirePresence()
    return this.#records.get(fingerprint) as CertificateRecord | undefined
  }

  revoked(issuer: string, after: Hex, limit: number): readonly RevokedEntry[] {
    this.#requirePresence()
    this.onPage(issuer)
    const sorted = [...(this.entries[issuer]?.values() ?? [])].filter(({ serial }) => serial > after)
    return sorted.sort((a, b) => (a.serial < b.serial ? -1 : 1)).slice(0, limit)
  }

  async run<N extends CommandName>(name: N, ...args: unknown[]): Promise<never> {
    this.#requirePresence()
    if (name === 'nextCrlNumber') return this.#nextNumber(args[0] as string, args[1] as number) as never
    this.published.push(args[0] as RevocationList)
    return 'published' as never
  }

  #nextNumber(issuer: string, atLeast: number): number {
    const number = Math.max((this.#numbers.get(issuer) ?? 0) + 1, atLeast)
    this.#numbers.set(issuer, number)
    return number
  }

  #tell(issuer: OnlineIssuer, serial: Hex, status: CertificateRecord['status']): void {
    const fingerprint = serial.padStart(64, '0')
    this.#records.set(fingerprint, { issuer, serial, status })
    this.feed.push({ position: this.feed.length + 1, kind: 'certificate', key: fingerprint })
  }

  #requirePresence(): void {
    if (this.away) throw new IdentityError('store-unavailable', 'The store is away.')
  }
}

/** The n-th serial of a test. */
export function serialNumber(n: number): Hex {
  return `40${n.toString(16).padStart(30, '0')}`
}
