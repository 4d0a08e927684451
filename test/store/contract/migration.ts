import type { Test } from 'tap'
import { MIGRATIONS } from '../../../src/store/migrations.ts'
import { freshStore, freshStores, type MakeDatabase, openStore } from '../engine.ts'
import { issue } from '../samples.ts'

export async function migrationContract(t: Test, make: MakeDatabase): Promise<void> {
  await t.test('many that open an empty database at once make one schema', async (t) => {
    const [database] = await freshStores(t, make, 0)
    const stores = await Promise.all(Array.from({ length: 4 }, () => openStore(database)))
    t.teardown(() => Promise.all(stores.map((store) => store.close())))
    await Promise.all(stores.map((store) => issue(store)))
    t.match(await stores[0]!.auditHead(), { count: 8 })
  })

  await t.test('what was stored is there when the database is opened again', async (t) => {
    const [database, store] = await freshStores(t, make, 1)
    const { fingerprint } = await issue(store!)
    const again = await openStore(database)
    t.match(await again.certificate(fingerprint), { fingerprint })
    await again.close()
  })

  await t.test('a newer schema is refused, and left alone', async (t) => {
    const { database } = await freshStore(t, make)
    const newer = MIGRATIONS.length + 1
    await database.meddle(`INSERT INTO schema_versions (version, name) VALUES (${newer}, 'from the future')`)
    await t.rejects(openStore(database), {
      code: 'schema-newer',
      message: new RegExp(`version ${newer}\\b.*versions up to ${MIGRATIONS.length}\\b`),
    })
  })
}
