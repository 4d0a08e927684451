import type { Test } from 'tap'
import type { Asker } from '../../src/domain/site/asker.ts'
import type { Site } from '../../src/domain/site/site.ts'
import { createSiteStatements } from '../../src/domain/trust/site-statements.ts'
import { signInRow } from '../store/samples.ts'
import { ASKER } from './asking.ts'
import { addSite, enrollDevice, openHouse } from './house.ts'

/** A house with sites that weigh something, and somebody whom `shop` and `bank` have signed in. `club` knows nobody. */
export async function openTown(t: Test) {
  const house = await openHouse(t)
  const device = await enrollDevice(house)
  const subscriberId = (await house.store.certificate(device.fingerprint))?.subscriberId as string
  const [shop, bank, club] = [await addSite(house, 'shop'), await addSite(house, 'bank'), await addSite(house, 'club')]
  const subjectAt = (site: Site, generation = 0) => signInRow(site.id, subscriberId, { generation }).subject
  const signIn = (site: Site, generation = 0) =>
    house.store.run('signIn', signInRow(site.id, subscriberId, { generation, at: house.clock.now() }))
  for (const site of [shop, bank, club])
    await house.store.run('weighSite', site.id, { weight: 5, people: 9, shared: 9, at: house.clock.now() })
  await signIn(shop)
  await signIn(bank)
  return { house, device, subscriberId, shop, bank, club, subjectAt, signIn, statements: createSiteStatements(house) }
}

/** A site's service that asks. */
export function callerOf(site: Site): Asker {
  return { ...ASKER, site, key: `${site.id}/web` }
}
