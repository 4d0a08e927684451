import type { Gate } from './gate.ts'
import { type Identity, identityOf } from './identity.ts'
import { shownBy } from './judging.ts'
import { connectionOf } from './proven-peer.ts'
import { NO_CERTIFICATE, type Verdict } from './verdict.ts'

/** An {@link Identity} that believes its test. */
export interface TestingIdentity extends Identity {
  /** From now on this is the verdict on everybody. */
  says(verdict: Verdict): void
}

/** Stands for whatever a browser would have shown. */
const SHOWN = shownBy(new TextEncoder().encode('nobody has shown this'))

/** However it is spelled. */
const PRODUCTION = /^\s*prod/i

/**
 * For your site's own tests, without TLS and without the service: everybody is whom the test names, and nobody at first.
 * It says so in a warning.
 * @throws TypeError in production, where it would let everybody in
 */
export function testing(): TestingIdentity {
  if (PRODUCTION.test(process.env.NODE_ENV ?? ''))
    throw new TypeError('testing() believes everybody: it does not run where NODE_ENV is production')
  process.emitWarning('testing() of countersign is in use: everybody is whom the test names')
  let verdict: Verdict = NO_CERTIFICATE
  const judging = {
    known: nothing,
    judge: async () => verdict,
    isAttached: () => false,
    attach: nothing,
    withoutService: nothing,
    attachWithoutService: nothing,
  }
  const gate: Gate = {
    shown: () => SHOWN,
    connection: connectionOf,
    judging,
    returnTo: () => [],
    checkPage: nothing,
    failed: nothing,
  }
  const self = { browserIssuer: '', minMaxAge: 0 }
  const line = { ask: async () => verdict, self: () => self, follow: () => nothing, age: () => 0, close: nothing }
  return Object.assign(identityOf(gate, line), {
    says: (next: Verdict): void => {
      verdict = next
    },
  })
}

/** Nothing is kept, nobody is told. */
function nothing(): undefined {}
