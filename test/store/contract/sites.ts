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
    const { position } = await store.changes(0, 'verdicts')

    t.equal(await store.run('removeSite', act(NOW + 1), id), 'removed')
    t.equal(await store.site({ id }), undefined)
    t.equal(await store.site({ name }), undefined)
    const gone = { status: 'revoked', reason: 'cessation-of-operation', revokedAt: NOW + 1 }
    t.match(await store.certificate(active.fingerprint), gone)
    t.match(await store.certificate(held.fingerprint), gone)
    t.match(await store.certificate(revoked.fingerprint), { reason: 'superseded', revokedAt: NOW })
    t.match(await store.certificate(foreign.fingerprint), { status: 'active' })
    t.same(
      (await store.changes(position, 'verdicts')).changes,
      [active.fingerprint, held.fingerprint, id].map((key, index) => ({
        position: position + index + 1,
        kind: index < 2 ? 'certificate' : 'site',
        key,
      })),
    )
    t.equal(await store.run('removeSite', act(), id), 'unknown')
    t.equal(await store.run('addSite', act(), site({ name })), 'added', 'its name is free again')
  })

  await t.test("rights are a service's, not a site's; each setting takes the place of the one before", async (t) => {
    const { id } = await addSite(store)
    const other = await addSite(store)
    const { position } = await store.changes(0, 'verdicts')
    t.equal(await store.run('setRights', act(), id, 'proxy', ['forward-auth']), 'set')
    t.equal(await store.run('setRights', act(), id, 'constructor', ['forward-auth']), 'set')
    const both = { proxy: ['forward-auth'], constructor: ['forward-auth'] }
    t.same((await store.site({ id }))?.rights, both)
    t.same((await store.site({ id: other.id }))?.rights, {})
    t.equal(await store.run('setRights', act(), id, 'proxy', []), 'set')
    t.same((await store.site({ id }))?.rights, { constructor: ['forward-auth'] })
    const { changes } = await store.changes(position, 'verdicts')
    t.match(
      changes,
      [1, 2, 3].map(() => ({ kind: 'site', key: id })),
      'whoever holds the site in memory is told',
    )
    t.match((await store.auditRowsAbout([id], 1))[0], {
      action: 'rights-set',
      detail: { service: 'proxy', rights: '' },
    })
    t.equal(await store.run('setRights', act(), fresh(), 'proxy', ['forward-auth']), 'unknown')
  })
}
