import { type ParsedCertificate, parseCertificate } from '../../x509/certificate.ts'
import { compareBytes } from '../../x509/der.ts'
import { verifySignature } from '../../x509/signature.ts'
import { fingerprint } from '../../x509/thumbprint.ts'
import type { Clock } from '../clock.ts'
import type { Hex } from '../hex.ts'
import type { Store } from '../store.ts'
import type { CertificateRecord, OnlineIssuer } from './certificate.ts'

export interface ForgeryAlarmOptions {
  readonly store: Pick<Store, 'certificate' | 'certificateBySerial' | 'run'>
  readonly clock: Clock
  /** SubjectPublicKeyInfo of the issuers, DER */
  readonly issuerKeys: Readonly<Record<OnlineIssuer, Uint8Array>>
  /** told beside the audit row, so that somebody wakes up */
  readonly alarm: (fingerprint: Hex, issuer: OnlineIssuer) => void
  /** told of a certificate of ours that came with another signature, and of the one that we issued */
  readonly rewritten: (fingerprint: Hex, original: Hex) => void
  /** told when the store could not be asked or could not take the row */
  readonly complain: (error: unknown) => void
}

/** Looks at this many a second; more would let a stranger spend our time on signatures. */
const LOOKS_PER_SECOND = 20
/** Told once each; the oldest are forgotten. */
const REMEMBERED = 1_000

/**
 * A certificate that our key signed but the table does not hold is never valid; it is also a sign that the key or the
 * table is in other hands. The verdict `missing` is not enough to say so: whoever asks for a certificate of ours that is
 * no browser's gets it too.
 * @returns takes the certificate (DER) and returns at once; what it finds is audited as `certificate-forged`
 */
export function createForgeryAlarm(options: ForgeryAlarmOptions): (der: Uint8Array) => void {
  const { clock, issuerKeys } = options
  const told = new Set<Hex>()
  const mayLook = perSecond(LOOKS_PER_SECOND, clock)
  return (der) => {
    if (!mayLook()) return
    const hash = fingerprint(der)
    if (told.has(hash)) return
    const found = signedByUs(der, issuerKeys)
    if (!found) return
    if (told.size >= REMEMBERED) told.delete(told.values().next().value!)
    told.add(hash)
    judge(options, hash, found).then(
      (isOurs) => void (isOurs && told.delete(hash)),
      // What was not known now, or not written, is looked at again when the certificate is shown again.
      (error) => {
        told.delete(hash)
        options.complain(error)
      },
    )
  }
}

/**
 * @returns true: the table holds it, and there is nothing to tell
 * @throws IdentityError store-unavailable
 */
async function judge(options: ForgeryAlarmOptions, hash: Hex, { issuer, parsed }: SignedByUs): Promise<boolean> {
  const { store, clock, alarm, rewritten } = options
  if (await store.certificate(hash)) return true
  const namesake = await store.certificateBySerial(Buffer.from(parsed.serial).toString('hex'))
  if (namesake && mayBe(namesake, parsed)) {
    rewritten(hash, namesake.fingerprint)
    return false
  }
  alarm(hash, issuer)
  await store.run('note', {
    at: clock.now(),
    actor: 'service:countersign',
    action: 'certificate-forged',
    object: hash,
    detail: { issuer },
  })
  return false
}

/** Of an erased person's certificate no bytes are left to compare; its serial was ours. */
function mayBe({ der }: CertificateRecord, { tbs }: ParsedCertificate): boolean {
  return der.length === 0 || compareBytes(parseCertificate(der).tbs, tbs) === 0
}

function perSecond(limit: number, clock: Clock): () => boolean {
  let second = 0
  let count = 0
  return () => {
    const now = Math.floor(clock.now() / 1000)
    if (now !== second) {
      second = now
      count = 0
    }
    return ++count <= limit
  }
}

interface SignedByUs {
  readonly issuer: OnlineIssuer
  readonly parsed: ParsedCertificate
}

/** Which of our keys signed it, if it is a certificate at all. */
function signedByUs(der: Uint8Array, keys: ForgeryAlarmOptions['issuerKeys']): SignedByUs | undefined {
  try {
    const parsed = parseCertificate(der)
    const { tbs, signatureAlgorithm, signature } = parsed
    const issuer = (Object.keys(keys) as OnlineIssuer[]).find((name) =>
      verifySignature(keys[name], signatureAlgorithm, tbs, signature),
    )
    return issuer && { issuer, parsed }
  } catch {
    return undefined
  }
}
