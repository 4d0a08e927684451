import { parseCertificate } from '../x509/certificate.ts'
import { verifySignature } from '../x509/signature.ts'
import { fingerprint } from '../x509/thumbprint.ts'
import type { OnlineIssuer } from './certificate.ts'
import type { Clock } from './clock.ts'
import type { Store } from './store.ts'

export interface ForgeryAlarmOptions {
  readonly store: Pick<Store, 'run'>
  readonly clock: Clock
  /** SubjectPublicKeyInfo of the issuers, DER */
  readonly issuerKeys: Readonly<Record<OnlineIssuer, Uint8Array>>
  /** told beside the audit row, so that somebody wakes up */
  readonly alarm: (fingerprint: string, issuer: OnlineIssuer) => void
}

/** Looks at this many a second; more would let a stranger spend our time on signatures. */
const LOOKS_PER_SECOND = 20
/** Told once each; the oldest are forgotten. */
const REMEMBERED = 1_000

/**
 * A certificate that our key signed but the table does not hold is never valid; it is also a sign that the key or the
 * table is in other hands.
 * @returns takes the certificate (DER) and returns at once; what it finds is audited as `certificate-forged`
 */
export function createForgeryAlarm(options: ForgeryAlarmOptions): (der: Uint8Array) => void {
  const told = new Set<string>()
  let second = 0
  let looks = 0
  return (der) => {
    const now = options.clock.now()
    if (Math.floor(now / 1000) !== second) {
      second = Math.floor(now / 1000)
      looks = 0
    }
    if (++looks > LOOKS_PER_SECOND) return
    const issuer = signerOf(der, options.issuerKeys)
    const hash = fingerprint(der)
    if (!issuer || told.has(hash)) return
    if (told.size >= REMEMBERED) told.delete(told.values().next().value!)
    told.add(hash)
    options.alarm(hash, issuer)
    const event = {
      at: now,
      actor: 'service:countersign',
      action: 'certificate-forged',
      object: hash,
      detail: { issuer },
    } as const
    // The alarm has been given; a store that cannot take the row now gets it when the certificate is shown again.
    options.store.run('note', event).catch(() => told.delete(hash))
  }
}

/** Which of our keys signed it, if it is a certificate at all. */
function signerOf(der: Uint8Array, keys: ForgeryAlarmOptions['issuerKeys']): OnlineIssuer | undefined {
  try {
    const { tbs, signatureAlgorithm, signature } = parseCertificate(der)
    return (Object.keys(keys) as OnlineIssuer[]).find((issuer) =>
      verifySignature(keys[issuer], signatureAlgorithm, tbs, signature),
    )
  } catch {
    return undefined
  }
}
