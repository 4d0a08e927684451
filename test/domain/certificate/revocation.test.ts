import { join } from 'node:path'
import t, { type Test } from 'tap'
import { REVOCATION_REASONS, type RevocationReason } from '../../../src/domain/certificate/certificate.ts'
import { createRevocation, GIVEN_REASONS } from '../../../src/domain/certificate/revocation.ts'
import { openSqliteStore } from '../../../src/store/sqlite/store.ts'
import { AUDIT_KEY, fresh, issue } from '../../store/samples.ts'
import { DAY, NOW } from '../verdict-state.ts'

const OPERATOR = 'operator:cli'
const NOT_LEAVES = ['certificate-hold', 'ca-compromise']

t.test('revoked is for ever: again changes nothing, and neither hold nor release touches it', async (t) => {
  const { revocation, certificate, clock, state } = await openHouse(t)
  await revocation.revoke(OPERATOR, certificate, 'key-compromise')
  t.match(await state(), { status: 'revoked', reason: 'key-compromise', revokedAt: NOW })
  clock.time += DAY
  await revocation.revoke(OPERATOR, certificate, 'superseded')
  t.match(await state(), { status: 'revoked', reason: 'key-compromise', revokedAt: NOW })
  await t.rejects(revocation.hold(OPERATOR, certificate), { code: 'certificate-revoked' })
  await t.rejects(revocation.release(OPERATOR, certificate), { code: 'certificate-revoked' })
  t.match(await state(), { status: 'revoked' })
})

t.test('held until released; a held certificate can be revoked', async (t) => {
  const { revocation, certificate, state } = await openHouse(t)
  await t.rejects(revocation.release(OPERATOR, certificate), { code: 'certificate-not-held' })
  await revocation.hold(OPERATOR, certificate)
  await revocation.hold(OPERATOR, certificate)
  t.match(await state(), { status: 'held', reason: 'certificate-hold', revokedAt: NOW })
  await revocation.release(OPERATOR, certificate)
  t.match(await state(), { status: 'active', reason: null, revokedAt: null })
  await revocation.hold(OPERATOR, certificate)
  await revocation.revoke(OPERATOR, certificate, 'cessation-of-operation')
  t.match(await state(), { status: 'revoked', reason: 'cessation-of-operation' })
})

t.test('each reason that an operator may give is kept; those of other acts are refused', async (t) => {
  t.same([...GIVEN_REASONS, ...NOT_LEAVES].sort(), Object.keys(REVOCATION_REASONS).sort())
  const { revocation, certificate, store, state } = await openHouse(t)
  for (const reason of [...NOT_LEAVES, 'removeFromCRL', '', 'toString'] as RevocationReason[]) {
    await t.rejects(revocation.revoke(OPERATOR, certificate, reason), { code: 'query-invalid' }, reason)
  }
  t.match(await state(), { status: 'active' })
  for (const reason of GIVEN_REASONS) {
    const { fingerprint } = await issue(store)
    await revocation.revoke(OPERATOR, fingerprint, reason)
    t.equal((await store.certificate(fingerprint))?.reason, reason)
  }
})

t.test('what is no fingerprint of a certificate here is unknown', async (t) => {
  const { revocation, certificate } = await openHouse(t)
  const strangers = [
    fresh(32),
    '',
    'ab',
    certificate.toUpperCase(),
    `${certificate} `,
    `${certificate}00`,
    "' OR 1=1 --",
  ]
  for (const stranger of strangers) {
    await t.rejects(revocation.revoke(OPERATOR, stranger, 'unspecified'), { code: 'certificate-unknown' }, stranger)
    await t.rejects(revocation.hold(OPERATOR, stranger), { code: 'certificate-unknown' }, stranger)
    await t.rejects(revocation.release(OPERATOR, stranger), { code: 'certificate-unknown' }, stranger)
  }
})

t.test('each change is in the audit, with who did it and when; what changed nothing is not', async (t) => {
  const { revocation, certificate, store } = await openHouse(t)
  const before = (await store.auditHead()).count
  await revocation.hold('operator:ann', certificate)
  await revocation.hold('operator:bob', certificate)
  await revocation.release('operator:bob', certificate)
  await revocation.revoke('operator:ann', certificate, 'superseded')
  await revocation.revoke('operator:bob', certificate, 'superseded')
  const rows = await store.auditRows(before, 10)
  t.match(rows, [
    { action: 'certificate-held', actor: 'operator:ann', object: certificate, at: NOW },
    { action: 'certificate-released', actor: 'operator:bob', object: certificate },
    { action: 'certificate-revoked', actor: 'operator:ann', object: certificate },
  ])
  t.equal(rows.length, 3)
})

/** A store with one certificate in it, opened for the test and closed behind it. */
async function openHouse(t: Test) {
  const clock = { time: NOW, now: () => clock.time }
  const store = await openSqliteStore({ file: join(t.testdir(), 'countersign.db'), auditKey: AUDIT_KEY })
  t.teardown(() => store.close())
  const { fingerprint: certificate } = await issue(store)
  const state = () => store.verdictState(certificate, { siteId: fresh(), service: 'web' })
  return { clock, store, certificate, state, revocation: createRevocation({ store, clock }) }
}
