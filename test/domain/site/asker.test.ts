import t from 'tap'
import { ASKER, CALLER, LAPTOP, NOBODY, queryOf, reasonOf, SHOP, service } from '../asking.ts'
import { NOW } from '../verdict-state.ts'

t.test('the caller is judged at each request, by nothing that was true before', async (t) => {
  for (const [what, different] of [
    ['revoked', { status: 'revoked' }],
    ['held', { status: 'held' }],
    ['past notAfter', { notAfter: NOW - 1 }],
    ['past the store’s end', { expiresAt: NOW - 1 }],
    ['not yet valid', { notBefore: NOW + 1 }],
    ['of a browser', { profile: 'browser' }],
    ['of an operator', { profile: 'admin' }],
    ['of no site', { siteId: null }],
    ['of no service', { service: null }],
    ['of a site that is gone', { siteId: '0e'.repeat(16) }],
  ] as const) {
    const { ask, slow } = service()
    t.equal(reasonOf(await ask(LAPTOP)), 'valid')
    slow.change(CALLER, different)
    await t.rejects(ask(LAPTOP), { code: 'caller-refused' }, what)
    await t.rejects(ask(null), { code: 'caller-refused' }, what)
  }
  for (const [what, caller] of [
    ['no certificate', undefined],
    ['unknown', NOBODY],
    ['a subscriber’s', LAPTOP],
  ] as const) {
    await t.rejects(service().askAs(caller, [queryOf(LAPTOP)]), { code: 'caller-refused' }, what)
    await t.rejects(service().askAs(caller, []), { code: 'caller-refused' }, `${what}, asking nothing`)
  }
  const { ask, slow } = service()
  await ask(LAPTOP)
  slow.removeSite(SHOP.id)
  await t.rejects(ask(LAPTOP), { code: 'caller-refused' }, 'site removed')
})

t.test('the caller is valid in the last millisecond of its certificate', async (t) => {
  const { ask, slow } = service()
  slow.change(CALLER, { notAfter: NOW, expiresAt: NOW })
  t.equal(reasonOf(await ask(LAPTOP)), 'valid')
})

t.test('who asks is told to whoever answers', async (t) => {
  const { verdicts } = service()
  const asker = await new Promise((settle, refuse) => verdicts.ask({ caller: CALLER, queries: [], settle, refuse }))
  t.same(asker, ASKER)
})
