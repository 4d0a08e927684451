import { createHash } from 'node:crypto'
import t from 'tap'
import type { Act } from '../../../src/domain/act.ts'
import type { Invitation } from '../../../src/domain/enrollment/invitation.ts'
import { makeInvitation, usableInvitation } from '../../../src/domain/enrollment/invitation-token.ts'
import { DEFAULT_POLICY } from '../../../src/domain/policy.ts'
import type { Store } from '../../../src/domain/store.ts'

/** Keeps what it is given. */
function paperStore() {
  const kept: { act: Act; invitation: Invitation }[] = []
  const store = {
    run: async (_name: string, act: Act, invitation: Invitation) => void kept.push({ act, invitation }),
    invitation: (hash: string) => kept.find(({ invitation }) => invitation.tokenHash === hash)?.invitation,
  }
  return { kept, store: store as unknown as Pick<Store, 'run' | 'invitation'> }
}

const policy = DEFAULT_POLICY
const clock = { now: () => 1_000_000 }
const actor = 'operator:cli'

t.test('an invitation: 256 random bits, of which only the hash is kept', async (t) => {
  const { kept, store } = paperStore()
  const { token, expiresAt } = await makeInvitation({ store, policy, clock }, { actor, label: ' Laptop  of Ada ' })
  t.match(token, /^[A-Za-z0-9_-]{43}$/)
  t.equal(expiresAt, 1_000_000 + 86_400_000)
  t.strictSame(kept, [
    {
      act: { at: 1_000_000, actor },
      invitation: {
        tokenHash: createHash('sha256').update(token).digest('hex'),
        label: 'Laptop of Ada',
        subscriberId: null,
        deviceId: null,
        newChecks: true,
        createdAt: 1_000_000,
        expiresAt,
        usedAt: null,
      },
    },
  ])
  t.notOk(JSON.stringify(kept).includes(token))
})

t.test('a label that nobody could read is refused before anything is stored', async (t) => {
  const { kept, store } = paperStore()
  await t.rejects(makeInvitation({ store, policy, clock }, { actor, label: 'a\u202eb' }), { code: 'label-invalid' })
  t.strictSame(kept, [])
})

t.test('usable until it is used or its time is up', async (t) => {
  const { kept, store } = paperStore()
  const { token, expiresAt } = await makeInvitation({ store, policy, clock }, { actor })
  t.equal((await usableInvitation(store, token, expiresAt - 1)).label, null)
  const refused = { code: 'invitation-unusable' }
  await t.rejects(usableInvitation(store, token, expiresAt), refused)
  for (const other of ['', `${token}A`, token.slice(1), 'A'.repeat(43), token.replace(/.$/, '='), '../../etc/passwd']) {
    await t.rejects(usableInvitation(store, other, 1_000_001), refused, other)
  }
  kept[0] = { ...kept[0]!, invitation: { ...kept[0]!.invitation, usedAt: 1_000_001 } }
  await t.rejects(usableInvitation(store, token, 1_000_002), { code: 'invitation-used' }, 'whoever holds it must know')
})
