import { IdentityError } from '../../errors.ts'
import type { Hex } from '../hex.ts'
import type { VerdictState } from '../verdict-state.ts'
import type { Site } from './site.ts'
import type { EffectivePolicy } from './site-policy.ts'

/** The asking service, proven by its own certificate at this very request. */
export interface Asker {
  readonly site: Site
  readonly service: string
  readonly fingerprint: Hex
  /** what counts for it, beside what a question asks for itself */
  readonly policy: EffectivePolicy
  /** distinguishes asking services in memory */
  readonly key: string
}

/**
 * Judges the calling service by the same rule as everybody: from the store, at this request.
 * @param now epoch ms
 * @throws IdentityError caller-refused
 */
export function judgeCaller(state: VerdictState, now: number): { siteId: Hex; service: string } {
  const good =
    state.profile === 'api' &&
    state.status === 'active' &&
    now >= state.notBefore &&
    now <= state.notAfter &&
    now <= state.expiresAt
  if (!good || state.siteId === null || state.service === null) throw callerRefused()
  return { siteId: state.siteId, service: state.service }
}

export function callerRefused(): IdentityError {
  return new IdentityError(
    'caller-refused',
    'Your API certificate is revoked, held, expired or unknown here. Ask the operator for a new one (`countersign site cert`).',
  )
}

export function askerOf(site: Site, service: string, fingerprint: Hex, policy: EffectivePolicy): Asker {
  return { site, service, fingerprint, policy, key: `${site.id}/${service}` }
}
