import { IdentityError } from '../../errors.ts'
import type { Actor } from '../audit/audit.ts'
import type { Clock } from '../clock.ts'
import { type Hex, requireFingerprint } from '../hex.ts'
import type { Store } from '../store.ts'
import { REVOCATION_REASONS, type RevocationReason } from './certificate.ts'

/** Reasons that an operator may give; a hold is an action of its own, and a CA's compromise is not a leaf's reason. */
export const GIVEN_REASONS: readonly RevocationReason[] = (
  Object.keys(REVOCATION_REASONS) as RevocationReason[]
).filter((reason) => reason !== 'certificate-hold' && reason !== 'ca-compromise')

export interface Revocation {
  /** For ever. Revoking again changes nothing. @throws IdentityError certificate-unknown, query-invalid */
  revoke(actor: Actor, fingerprint: Hex, reason: RevocationReason): Promise<void>
  /** Until released. Holding again changes nothing. @throws IdentityError certificate-unknown, certificate-revoked */
  hold(actor: Actor, fingerprint: Hex): Promise<void>
  /** @throws IdentityError certificate-unknown, certificate-revoked, certificate-not-held */
  release(actor: Actor, fingerprint: Hex): Promise<void>
}

/** Each promise is kept when it resolves: the change is committed, and no question that starts later sees the old state. */
export function createRevocation({ store, clock }: { store: Pick<Store, 'run'>; clock: Clock }): Revocation {
  return {
    async revoke(actor, fingerprint, reason) {
      if (!GIVEN_REASONS.includes(reason))
        throw new IdentityError('query-invalid', `The reason must be one of ${GIVEN_REASONS.join(', ')}.`)
      refuse(
        await store.run('revoke', { at: clock.now(), actor }, requireFingerprint(fingerprint), reason),
        fingerprint,
      )
    },
    async hold(actor, fingerprint) {
      const outcome = await store.run('hold', { at: clock.now(), actor }, requireFingerprint(fingerprint))
      refuse(outcome === 'revoked' ? 'final' : outcome, fingerprint)
    },
    async release(actor, fingerprint) {
      const outcome = await store.run('release', { at: clock.now(), actor }, requireFingerprint(fingerprint))
      refuse(outcome === 'revoked' ? 'final' : outcome, fingerprint)
    },
  }
}

type Outcome = 'revoked' | 'held' | 'released' | 'already' | 'final' | 'unknown' | 'not-held' | 'not-yours'

function refuse(outcome: Outcome, fingerprint: Hex): void {
  if (outcome === 'unknown')
    throw new IdentityError(
      'certificate-unknown',
      `No certificate here has the fingerprint ${fingerprint}. \`countersign cert list\` shows those there are.`,
    )
  if (outcome === 'final')
    throw new IdentityError('certificate-revoked', 'The certificate is revoked, and that is for ever. Issue a new one.')
  if (outcome === 'not-held')
    throw new IdentityError('certificate-not-held', 'The certificate is not held; there is nothing to release.')
  if (outcome === 'not-yours')
    throw new IdentityError(
      'hold-foreign',
      'The operator has put this on hold, and only the operator can lift it. Ask whoever invited you.',
    )
}
