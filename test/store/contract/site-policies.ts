import type { Test } from 'tap'
import type { Site } from '../../../src/domain/site/site.ts'
import type { SitePolicyChange } from '../../../src/domain/site/site-store.ts'
import { freshStore, type MakeDatabase } from '../engine.ts'
import { act, addSite, fresh } from '../samples.ts'

export async function sitePoliciesContract(t: Test, make: MakeDatabase): Promise<void> {
  const { store } = await freshStore(t, make)

  await t.test('policies take the place of those that were read, and everybody is told', async (t) => {
    const site = await addSite(store)
    const { position } = await store.changes(0, 'verdicts')
    const policies = { site: { idle: 60_000 }, services: { constructor: { maxAge: 90_000 } } }
    const change = { ...unchanged(site), returnTo: ['https://new.example/'], checks: ['passkey'], policies } as const
    t.equal(await store.run('setSitePolicies', act(), change), 'set')
    const after = await store.site({ id: site.id })
    t.same(after, { ...site, returnTo: change.returnTo, checks: change.checks, policies, policyPosition: position + 1 })
    t.match(await store.changes(position, 'verdicts'), { changes: [{ kind: 'site', key: site.id }] })
    t.match((await store.auditRowsAbout([site.id], 1))[0], { action: 'site-policy-set', detail: { service: null } })
    t.equal(await store.run('setSitePolicies', act(), change), 'outdated', 'they are not those that were read any more')
    t.same(await store.site({ id: site.id }), after)
    t.equal(await store.run('setSitePolicies', act(), { ...change, siteId: fresh() }), 'unknown')
  })

  await t.test('a logo is kept while a policy of its site names it', async (t) => {
    const [site, other] = [await addSite(store), await addSite(store)]
    const logo = { hash: fresh(32), png: Buffer.from('a picture') }
    const named = { site: { logo: logo.hash }, services: {} }
    t.equal(await store.siteLogo(logo.hash), undefined)
    for (const { id } of [site, other]) {
      const change = { ...unchanged(await read(id)), logo, policies: named }
      t.equal(await store.run('setSitePolicies', act(), change), 'set')
    }
    t.same(Buffer.from((await store.siteLogo(logo.hash)) ?? []), logo.png)
    const ofService = { ...unchanged(await read(site.id)), policies: { site: {}, services: { web: named.site } } }
    t.equal(await store.run('setSitePolicies', act(), { ...ofService, logo }), 'set', 'the same once more')
    const none = { ...unchanged(await read(site.id)), policies: { site: {}, services: {} } }
    t.equal(await store.run('setSitePolicies', act(), none), 'set')
    t.ok(await store.siteLogo(logo.hash), "the other site's")
    await store.run('removeSite', act(), other.id)
    t.equal(await store.siteLogo(logo.hash), undefined)
  })

  async function read(id: string): Promise<Site> {
    return (await store.site({ id }))!
  }
}

function unchanged(site: Site): SitePolicyChange {
  const { id: siteId, policyPosition: basedOn, returnTo, checks, policies } = site
  return { siteId, basedOn, returnTo, checks, policies, logo: undefined, service: null, values: '' }
}
