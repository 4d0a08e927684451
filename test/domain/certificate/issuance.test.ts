import { createHash, X509Certificate } from 'node:crypto'
import t from 'tap'
import { createIssuance } from '../../../src/domain/certificate/issuance.ts'
import type { IssueOrder, Issuer } from '../../../src/domain/issuer.ts'
import { IdentityError } from '../../../src/errors.ts'
import { makeKeyPair, makeRequest, spkiOf } from '../../ca/request.ts'
import { actionsOf, countOf, openHouse } from '../house.ts'

const actor = 'operator:test'
const NOBODY = { subscriberId: null, deviceId: null, siteId: null, service: null }

function order(keys = makeKeyPair()): IssueOrder {
  return {
    profile: 'tls-server',
    request: makeRequest(keys),
    label: 'localhost',
    hosts: ['localhost'],
    binding: NOBODY,
  }
}

/** An issuer whose signer dies. */
function dying(issuer: Issuer): Issuer {
  const sign = async () => {
    throw new IdentityError('signer-unavailable', 'gone')
  }
  return { draft: issuer.draft, chain: issuer.chain, sign }
}

t.test('a certificate: reserved, signed, completed', async (t) => {
  const house = await openHouse(t)
  const keys = makeKeyPair()
  const issued = await house.issuance.issue({ actor, order: order(keys) })
  const record = await house.store.certificate(issued.fingerprint)
  t.equal(issued.fingerprint, createHash('sha256').update(issued.der).digest('hex'))
  t.same(Buffer.from(record!.der), Buffer.from(issued.der))
  t.match(issued, { profile: 'tls-server', issuer: 'internal', serial: record!.serial, notAfter: record!.notAfter })
  t.notOk('tbs' in issued || 'keyHash' in issued)
  const spki = new X509Certificate(issued.der).publicKey.export({ type: 'spki', format: 'der' })
  t.same(spki, Buffer.from(spkiOf(keys)))
  t.strictSame(await actionsOf(house), ['certificate-reserved', 'certificate-issued'])
})

t.test('what a crash left behind is abandoned after a minute, once', async (t) => {
  const house = await openHouse(t)
  const { clock, store } = house
  const crashing = createIssuance({ store, clock, issuer: dying(house.issuer) })
  await t.rejects(crashing.issue({ actor, order: order() }), { code: 'signer-unavailable' })
  await house.issuance.issue({ actor, order: order() })
  clock.time += 60_000
  t.equal(await house.issuance.recoverUnfinished(), 0, 'a minute is not over')
  clock.time += 1
  t.equal(await house.issuance.recoverUnfinished(), 1)
  t.equal(await house.issuance.recoverUnfinished(), 0)
  t.equal(await countOf(house, 'certificate-abandoned'), 1)
})

t.test('a certificate whose reservation was abandoned meanwhile is thrown away', async (t) => {
  const house = await openHouse(t)
  const slow: Issuer = {
    ...house.issuer,
    async sign(reservation) {
      const der = await house.issuer.sign(reservation)
      await house.store.run('abandon', { at: house.clock.now(), actor }, reservation.serial)
      return der
    },
  }
  const issuance = createIssuance({ ...house, issuer: slow })
  await t.rejects(issuance.issue({ actor, order: order() }), { code: 'signer-unavailable' })
  t.strictSame(await house.store.certificates({}), [])
})

t.test('a key that was revoked for compromise is never certified again', async (t) => {
  const house = await openHouse(t)
  const keys = makeKeyPair()
  const issued = await house.issuance.issue({ actor, order: order(keys) })
  await house.store.run('revoke', { at: house.clock.now(), actor }, issued.fingerprint, 'key-compromise')
  await t.rejects(house.issuance.issue({ actor, order: order(keys) }), { code: 'key-weak' })
})
