import type { Test } from 'tap'
import type { Change } from '../../../src/domain/feed.ts'
import type { Store } from '../../../src/domain/store.ts'
import { freshStore, type MakeDatabase } from '../engine.ts'
import { act, fresh, issue, NOW, reservation } from '../samples.ts'

/** How a certificate of each state answers to each command, and what it is then. */
const TRANSITIONS = [
  ['active', 'revoke', 'revoked', 'revoked'],
  ['active', 'hold', 'held', 'held'],
  ['active', 'release', 'not-held', 'active'],
  ['held', 'revoke', 'revoked', 'revoked'],
  ['held', 'hold', 'already', 'held'],
  ['held', 'release', 'released', 'active'],
  ['revoked', 'revoke', 'already', 'revoked'],
  ['revoked', 'hold', 'revoked', 'revoked'],
  ['revoked', 'release', 'revoked', 'revoked'],
] as const

export async function revocationContract(t: Test, make: MakeDatabase): Promise<void> {
  const { store } = await freshStore(t, make)

  for (const [state, command, answer, then] of TRANSITIONS) {
    await t.test(`${command} of ${state} is ${answer}`, async (t) => {
      const { fingerprint } = await issue(store)
      await bring(store, fingerprint, state)
      const before = await store.certificate(fingerprint)
      const given = command === 'revoke' ? (['superseded'] as const) : ([] as const)
      t.equal(await store.run(command, ...([act(NOW + 1), fingerprint, ...given] as [never, never, never])), answer)
      const after = await store.certificate(fingerprint)
      t.equal(after?.status, then)
      if (state === then) t.same(after, before, 'nothing else has changed either')
      else t.match(after, FACTS[then])
    })
  }

  await t.test('nobody knows an unknown certificate', async (t) => {
    t.equal(await store.run('revoke', act(), fresh(32), 'superseded'), 'unknown')
    t.equal(await store.run('hold', act(), fresh(32)), 'unknown')
    t.equal(await store.run('release', act(), fresh(32)), 'unknown')
  })

  await t.test('a hold is no reason to revoke', async (t) => {
    const { fingerprint } = await issue(store)
    await t.rejects(store.run('revoke', act(), fingerprint, 'certificate-hold'), { code: 'internal' })
    t.equal((await store.certificate(fingerprint))?.status, 'active')
  })

  await t.test('a compromise that is reported after the revocation still bans the key', async (t) => {
    const { fingerprint, reserved } = await issue(store)
    await store.run('revoke', act(), fingerprint, 'superseded')
    t.equal(await store.run('revoke', act(), fingerprint, 'key-compromise'), 'already')
    t.equal((await store.certificate(fingerprint))?.reason, 'superseded')
    t.equal(await store.run('reserve', act(), reservation({ keyHash: reserved.keyHash })), 'compromised-key')
  })

  for (const first of ['key-compromise', 'superseded'] as const) {
    await t.test(`a compromised key ends all of its certificates, not the named one alone (${first})`, async (t) => {
      const named = await issue(store)
      const { keyHash } = named.reserved
      const [active, held, ended] = [
        await issue(store, { keyHash }),
        await issue(store, { keyHash }),
        await issue(store, { keyHash }),
      ]
      await store.run('hold', act(), held.fingerprint)
      await store.run('revoke', act(), ended.fingerprint, 'affiliation-changed')
      const open = reservation({ keyHash, issuer: 'api', profile: 'api' })
      await store.run('reserve', act(), open)
      const stranger = await issue(store)
      if (first === 'superseded') await store.run('revoke', act(), named.fingerprint, first)

      const { position } = await store.changes(0, 'verdicts')
      const { count } = await store.auditHead()
      await store.run('revoke', act(NOW + 1), named.fingerprint, 'key-compromise')

      for (const { fingerprint } of [active, held])
        t.match(await store.certificate(fingerprint), {
          status: 'revoked',
          reason: 'key-compromise',
          revokedAt: NOW + 1,
        })
      t.match(await store.certificate(ended.fingerprint), { reason: 'affiliation-changed', revokedAt: NOW })
      t.match(await store.certificate(stranger.fingerprint), { status: 'active' })
      t.notOk((await store.unfinished(NOW + 2)).some(({ serial }) => serial === open.serial))
      const listed = await store.revoked('api', '', 1_000, NOW)
      t.match(
        listed.filter(({ serial }) => serial === open.serial),
        [{ reason: 'key-compromise', revokedAt: NOW + 1 }],
      )
      const told = [active.fingerprint, held.fingerprint, ...(first === 'superseded' ? [] : [named.fingerprint])]
      const { changes } = await store.changes(position, 'verdicts')
      t.same(
        new Set((changes as readonly Change[]).map(({ kind, key }) => `${kind} ${key}`)),
        new Set([...told.map((one) => `certificate ${one}`), 'serial-given-up api']),
      )
      const rows = await store.auditRows(count, 100)
      t.same(
        new Set(rows.map(({ action, object }) => `${action} ${object}`)),
        new Set([
          ...[active, held, named].map(({ fingerprint }) => `certificate-revoked ${fingerprint}`),
          `certificate-abandoned ${open.serial}`,
        ]),
      )
    })
  }

  await t.test('what is revoked is listed in order of serial, in pages', async (t) => {
    const { store } = await freshStore(t, make)
    const serials = ['01', '7f', '80', 'a0', 'ff'].map((first) => first.padEnd(32, '0'))
    for (const serial of [...serials].reverse()) {
      const { fingerprint } = await issue(store, { serial })
      await store.run(serial.startsWith('80') ? 'hold' : 'revoke', act(), fingerprint, 'superseded')
    }
    await issue(store, { serial: '55'.padEnd(32, '0') })
    const other = await issue(store, { serial: '56'.padEnd(32, '0'), issuer: 'internal', profile: 'tls-server' })
    await store.run('revoke', act(), other.fingerprint, 'superseded')
    const old = await issue(store, { serial: '57'.padEnd(32, '0'), notAfter: NOW + 5 })
    await store.run('revoke', act(), old.fingerprint, 'superseded')

    t.same(
      (await store.revoked('browser', '', 10, NOW + 6)).map(({ serial }) => serial),
      serials,
    )
    t.equal((await store.revoked('browser', '', 10, NOW + 5)).length, 6, 'its last millisecond counts')
    t.same(
      (await store.revoked('browser', serials[1]!, 2, NOW + 6)).map(({ serial }) => serial),
      serials.slice(2, 4),
    )
    t.same(await store.revoked('browser', serials[4]!, 2, NOW + 6), [])
    t.match(await store.revoked('browser', serials[1]!, 1, NOW), [{ reason: 'certificate-hold', revokedAt: NOW }])
  })

  await t.test('CRL numbers only grow', async (t) => {
    t.equal(await store.run('nextCrlNumber', 'browser', 7), 7)
    t.equal(await store.run('nextCrlNumber', 'browser', 1), 8)
    t.equal(await store.run('nextCrlNumber', 'browser', 8), 9)
    t.equal(await store.run('nextCrlNumber', 'browser', 100), 100)
    t.equal(await store.run('nextCrlNumber', 'api', 1), 1)
    const many = await Promise.all(Array.from({ length: 20 }, () => store.run('nextCrlNumber', 'api', 1)))
    t.equal(new Set(many).size, 20)
  })

  await t.test('an older list does not take the place of a newer one', async (t) => {
    const list = {
      issuer: 'browser',
      number: 5,
      thisUpdate: NOW,
      nextUpdate: NOW + 9,
      der: Buffer.from('list'),
    } as const
    t.equal(await store.revocationList('browser'), undefined)
    t.equal(await store.revocationListNumber('browser'), undefined)
    t.equal(await store.run('publishCrl', list), 'published')
    const { position } = await store.changes(0, 'verdicts')
    t.equal(await store.run('publishCrl', { ...list, number: 4 }), 'outdated')
    t.same(await store.revocationList('browser'), list)
    t.equal((await store.changes(position, 'verdicts')).position, position)
    t.equal(await store.run('publishCrl', { ...list, number: 6, der: Buffer.from('next') }), 'published')
    t.match(await store.changes(position, 'verdicts'), { changes: [{ kind: 'crl', key: 'browser' }] })
    t.match(await store.revocationList('browser'), { number: 6, der: Buffer.from('next') })
    t.equal(await store.revocationListNumber('browser'), 6)
  })
}

const FACTS = {
  active: { reason: null, revokedAt: null },
  held: { reason: 'certificate-hold', revokedAt: NOW + 1 },
  revoked: { reason: 'superseded', revokedAt: NOW + 1 },
}

async function bring(store: Store, fingerprint: string, state: 'active' | 'held' | 'revoked'): Promise<void> {
  if (state === 'held') await store.run('hold', act(), fingerprint)
  if (state === 'revoked') await store.run('revoke', act(), fingerprint, 'cessation-of-operation')
}
