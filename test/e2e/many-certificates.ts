import { randomBytes, X509Certificate } from 'node:crypto'
import { type HomeWithAuthority, withAuthority } from '../../scripts/authority.ts'
import { createIssuance } from '../../src/domain/certificate/issuance.ts'
import type { Hex } from '../../src/domain/hex.ts'
import { makeOwnRequest } from '../../src/x509/own-request.ts'
import { fingerprint } from '../../src/x509/thumbprint.ts'
import { configOf } from './inside.ts'
import type { TestService } from './service.ts'

/** More would only wait for each other. */
const AT_ONCE = 32

const clock = { now: () => Date.now() }

/**
 * Issues certificates to the sample subscriber, as for many devices, and has each validated by a walk of its own.
 * @returns their fingerprints; a verdict on any of them is `valid`
 */
export function makeValid(service: TestService, count: number): Promise<readonly Hex[]> {
  return withAuthority(async (home) => {
    const owner = await sampleOwner(service, home)
    const { request } = makeOwnRequest()
    const issuance = createIssuance({ ...home, clock })
    const order = { profile: 'browser', request, label: 'Phone', binding: owner.binding } as const
    const made: Hex[] = []
    const maker = async (): Promise<void> => {
      while (made.length < count) {
        const place = made.push('') - 1
        const { fingerprint: next } = await issuance.issue({ actor: 'operator:cli', order })
        await prove(home, owner, next)
        made[place] = next
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, maker))
    return made
  }, configOf(service))
}

type Owner = Awaited<ReturnType<typeof sampleOwner>>

async function sampleOwner(service: TestService, { store }: HomeWithAuthority) {
  const sample = new X509Certificate(service.identity('browser').cert)
  const record = await store.certificate(fingerprint(sample.raw))
  const site = await store.site({ name: 'sample' })
  const [totp] = await credentialsOf(store, record?.subscriberId ?? '')
  if (!record || !site || !totp) throw new TypeError('the sample of the development home is not whole')
  // With one of a device's certificates its later ones end; these are revoked one by one.
  const binding = { subscriberId: record.subscriberId, deviceId: null, siteId: null, service: null }
  return { binding, siteId: site.id, totp, lastStep: totp.lastStep ?? 0 }
}

async function credentialsOf(store: HomeWithAuthority['store'], subscriberId: Hex) {
  const credentials = await store.credentials(subscriberId)
  return credentials.filter(({ check }) => check === 'totp')
}

/** The store's part of a walk. A step counts once, so each walk takes the next one. */
async function prove({ store }: HomeWithAuthority, owner: Owner, of: Hex): Promise<void> {
  const at = clock.now()
  owner.lastStep += 1
  const outcome = await store.run(
    'walk',
    { at, actor: `device:${of}` },
    {
      ticketId: randomBytes(16).toString('hex'),
      siteId: owner.siteId,
      fingerprint: of,
      proof: { check: 'totp', credentialId: owner.totp.id, step: owner.lastStep },
      forgetAt: at,
      extendTo: at,
    },
  )
  if (outcome !== 'passed') throw new Error(`the walk was refused: ${outcome}`)
}
