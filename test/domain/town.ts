import type { Test } from 'tap'
import type { Asker } from '../../src/domain/site/asker.ts'
import type { Site } from '../../src/domain/site/site.ts'
import { createSiteStatements } from '../../src/domain/trust/site-statements.ts'
import { signInRow } from '../store/samples.ts'
import { ASKER } from './asking.ts'
import { addSite, enrollDevice, makeTicket, openHouse } from './house.ts'

/** A house with sites that weigh something, and somebody whom `shop` and `bank` have signed in and met. `club` knows nobody. */
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
  const codes = device.recoveryCodes.values()
  /** the person walks to the site; each walk uses up one of his recovery codes */
  const meet = (site: Site) => {
    const answer = { check: 'recovery-code', text: codes.next().value! } as const
    return house.revalidation.prove(makeTicket(house, site, device), device.fingerprint, answer)
  }
  for (const site of [shop, bank]) {
    await signIn(site)
    await meet(site)
  }
  return {
    house,
    device,
    subscriberId,
    shop,
    bank,
    club,
    subjectAt,
    signIn,
    meet,
    statements: createSiteStatements(house),
  }
}

/** A site's service that asks. */
export function callerOf(site: Site): Asker {
  return { ...ASKER, site, key: `${site.id}/web` }
}
