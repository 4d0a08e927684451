import type { Test } from 'tap'
import { freshStore, type MakeDatabase } from '../engine.ts'
import { act, addSite, fresh, issue, NOW, site } from '../samples.ts'

export async function sitesContract(t: Test, make: MakeDatabase): Promise<void> {
  const { store } = await freshStore(t, make)

  await t.test('a site is found by its id and by its name', async (t) => {
    const shop = site({ name: 'shop' })
    t.equal(await store.run('addSite', act(), shop), 'added')
    const bank = await addSite(store, { name: 'bank' })
    t.same(await store.site({ id: shop.id }), shop)
    t.same(await store.site({ name: 'shop' }), shop)
    t.equal(await store.site({ name: 'nobody' }), undefined)
    t.equal(await store.site({ id: fresh() }), undefined)
    t.same(await store.sites(), [bank, shop], 'in order of name')
    t.equal(await store.run('addSite', act(), site({ name: 'shop' })), 'name-taken')
    t.same(await store.site({ name: 'shop' }), shop)
  })

  await t.test('removing a site revokes all its certificates', async (t) => {
    const { id, name } = await addSite(store)
    const binding = { issuer: 'api', profile: 'api', siteId: id, service: 'web' } as const
    const [active, held, revoked, foreign] = [
      await issue(store, binding),
      await issue(store, binding),
      await issue(store, binding),
      await issue(store),
    ]
    await store.run('hold', act(), held.fingerprint)
    await store.run('revoke', act(), revoked.fingerprint, 'superseded')
    const { position } = await store.changes(0)

    t.equal(await store.run('removeSite', act(NOW + 1), id), 'removed')
    t.equal(await store.site({ id }), undefined)
    t.equal(await store.site({ name }), undefined)
    const gone = { status: 'revoked', reason: 'cessation-of-operation', revokedAt: NOW + 1 }
    t.match(await store.certificate(active.fingerprint), gone)
    t.match(await store.certificate(held.fingerprint), gone)
    t.match(await store.certificate(revoked.fingerprint), { reason: 'superseded', revokedAt: NOW })
    t.match(await store.certificate(foreign.fingerprint), { status: 'active' })
    t.same(
      (await store.changes(position)).changes,
      [active.fingerprint, held.fingerprint, id].map((key, index) => ({
        position: position + index + 1,
        kind: index < 2 ? 'certificate' : 'site',
        key,
      })),
    )
    t.equal(await store.run('removeSite', act(), id), 'unknown')
    t.equal(await store.run('addSite', act(), site({ name })), 'added', 'its name is free again')
  })
}
