import { deriveKeyring } from '../../src/domain/keyring.ts'
import { DEFAULT_POLICY } from '../../src/domain/policy.ts'
import { askerOf } from '../../src/domain/site/asker.ts'
import type { Site } from '../../src/domain/site/site.ts'
import { effectivePolicy } from '../../src/domain/site/site-policy.ts'
import { NO_POLICIES } from '../../src/domain/site/site-wishes.ts'
import type { Outcome, Query } from '../../src/domain/verdict/inquiry.ts'
import type { Answer } from '../../src/domain/verdict/known-states.ts'
import { Verdicts } from '../../src/domain/verdict/verdicts.ts'
import { IdentityError } from '../../src/errors.ts'
import { SlowStore } from './slow-store.ts'
import { NOW, stateWith } from './verdict-state.ts'

export const KEYRING = deriveKeyring(Buffer.alloc(32, 1))
export const SHOP: Site = {
  id: '01'.repeat(16),
  name: 'shop',
  returnTo: ['https://shop.example/app', 'https://shop.example/other'],
  checks: [],
  rights: {},
  policies: NO_POLICIES,
  policyPosition: 0,
  createdAt: 0,
}
export const CALLER = 'ca'.repeat(32)
export const [LAPTOP, PHONE, NOBODY] = ['aa'.repeat(32), 'bb'.repeat(32), 'cc'.repeat(32)] as const
/** The site's service that asks. */
export const ASKER = askerOf(SHOP, 'web', CALLER, effectivePolicy(DEFAULT_POLICY, SHOP, 'web'))
export const OWNER = '5a'.repeat(16)
export const CALLER_STATE = stateWith({
  fingerprint: CALLER,
  profile: 'api',
  subscriberId: null,
  siteId: SHOP.id,
  service: 'web',
  validatedAt: null,
  validatedWith: null,
})
/** NOW's month: the owner has been at the site in it already. */
export const MONTH = 202_611

/** Verdicts over a slow store that knows a site's service, and a laptop and a phone whose owners may be signed in. */
export function service(different: Parameters<typeof stateWith>[0] = {}, capacity = 1_000) {
  const slow = new SlowStore()
  slow.sites.set(SHOP.id, SHOP)
  slow.states.set(CALLER, CALLER_STATE)
  slow.states.set(LAPTOP, stateWith({ fingerprint: LAPTOP, subscriberId: OWNER, signedInMonth: MONTH, ...different }))
  slow.states.set(PHONE, stateWith({ fingerprint: PHONE, subscriberId: '6b'.repeat(16), signedInMonth: MONTH }))
  const clock = { time: NOW, now: () => clock.time }
  const { store } = slow
  const verdicts = new Verdicts({
    store,
    keyring: KEYRING,
    policy: DEFAULT_POLICY,
    clock,
    signonUrl: 'https://id.example:8445',
    capacity,
  })
  const askAs = (caller: string | undefined, queries: readonly Query[]) =>
    new Promise<readonly Outcome[]>((resolve, reject) =>
      verdicts.ask({ caller, queries, settle: (_asker, outcomes) => resolve(outcomes), refuse: reject }),
    )
  const askAll = (queries: readonly Query[]) => askAs(CALLER, queries)
  const ask = async (fingerprint: string | null, wishes: Partial<Query> = {}) =>
    (await askAll([queryOf(fingerprint, wishes)]))[0]!
  return { slow, clock, verdicts, ask, askAs, askAll }
}

export function queryOf(fingerprint: string | null, wishes: Partial<Query> = {}): Query {
  return { fingerprint, returnTo: undefined, maxAge: undefined, ...wishes }
}

export function answerOf(outcome: Outcome | undefined): Answer {
  if (!outcome || outcome instanceof Error) throw outcome ?? new Error('no outcome')
  return outcome
}

export function reasonOf(outcome: Outcome | undefined): string {
  if (outcome instanceof IdentityError) return outcome.code
  const { verdict } = answerOf(outcome)
  return verdict.verdict === 'valid' ? 'valid' : verdict.reason
}

/** Lets everything happen that can happen without the store. */
export async function turns(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise(setImmediate)
}

export async function answersUnderWay(slow: SlowStore): Promise<number> {
  await turns()
  return slow.underWay.length
}
