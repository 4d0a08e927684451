import type { Owner } from '../../src/domain/account/own-checks.ts'
import { createOwnChecks, type OwnChecks } from '../../src/domain/account/own-checks.ts'
import type { Prover } from '../../src/domain/proving/proving.ts'
import { Authenticator } from '../checks/authenticator.ts'
import type { House, TestDevice } from './house.ts'

/** Whoever shows this device's certificate. */
export async function proverOf({ store }: House, { fingerprint }: TestDevice): Promise<Prover> {
  const { subscriberId, deviceId } = (await store.certificate(fingerprint))!
  return { subscriberId: subscriberId!, deviceId: deviceId!, fingerprint }
}

/** The same, who has just proved himself. */
export async function ownerOf(house: House, device: TestDevice): Promise<Owner> {
  return { ...(await proverOf(house, device)), provenAt: house.clock.now() }
}

/** Adds a passkey to a person's checks, as his account page does. */
export async function addPasskey(house: House, device: TestDevice, authenticator = new Authenticator()) {
  const own: OwnChecks = createOwnChecks(house)
  const owner = await ownerOf(house, device)
  const response = authenticator.create(await own.beginPasskey(owner, 'session'))
  await own.finishPasskey(owner, 'session', { label: 'Key', response })
  return authenticator
}
