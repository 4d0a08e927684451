import { createHash } from 'node:crypto'
import t from 'tap'
import { createOwnData } from '../../../src/domain/account/own-data.ts'
import type { Asker } from '../../../src/domain/site/asker.ts'
import { createSiteAccounts } from '../../../src/domain/site/site-account.ts'
import { createSiteStatements } from '../../../src/domain/trust/site-statements.ts'
import { makeKeyPair, makeRequest } from '../../ca/request.ts'
import { DIGESTS } from '../../checks/recovery-digests.ts'
import { signInRow } from '../../store/samples.ts'
import { accountsOf, enterAccount, openAccount } from '../account.ts'
import { addSite, enrollDevice, makeTicket, openHouse, totpCode } from '../house.ts'
import { callerOf } from '../town.ts'

t.test('the account has the name that its owner gives it', async (t) => {
  const house = await openHouse(t)
  const session = await enterAccount(house, await enrollDevice(house))
  const data = createOwnData(house)
  t.equal(await data.name(session), null)
  await data.rename(session, ' Zoë  at home ')
  t.equal(await data.name(session), 'Zoë at home')
  await t.rejects(data.rename(session, ''), { code: 'label-invalid' })
})

t.test('what is taken out is whole, and holds no secret', async (t) => {
  const house = await openHouse(t)
  const device = await enrollDevice(house, 'Laptop')
  const site = await addSite(house)
  const session = await enterAccount(house, device)
  const { subscriberId } = session
  const row = signInRow(site.id, subscriberId, { at: house.clock.now() })
  await house.store.run('signIn', row)
  const asker = { site, service: 'web', fingerprint: 'ca'.repeat(32) } as Asker
  await createSiteAccounts(house).bind(asker, row.subject, 'zoë')
  const answer = { check: 'totp', text: totpCode(house, device, 1) } as const
  await house.revalidation.prove(makeTicket(house, site, device), device.fingerprint, answer)
  const statements = createSiteStatements(house)
  await statements.vouch(callerOf(site), row.subject, 'paid', undefined)
  await statements.report(callerOf(site), row.subject, 'abuse', 'Spam.')
  const taken = await createOwnData(house).take(session)
  t.match(taken, {
    account: { id: subscriberId, name: null },
    certificates: [{ fingerprint: device.fingerprint, device: 'Laptop', status: 'active' }],
    sites: [{ site: 'shop', last_month: 202_611, subject: /^[\w-]{43}$/, account: 'zoë' }],
    events: [
      { kind: 'revalidation-passed', by: 'you', site: 'shop' },
      { kind: 'account-opened', by: 'you' },
    ],
    met_by_sites: [{ site: 'shop', first_at: new Date(house.clock.now()).toISOString() }],
    said_by_sites: {
      hidden: false,
      vouches: [{ site: 'shop', kind: 'paid' }],
      reports: [{ site: 'shop', severity: 'abuse', message: 'Spam.', state: 'standing', appeal: null }],
    },
  })
  t.equal((taken.checks as unknown[]).length, 11)
  const text = JSON.stringify(taken)
  for (const { secret } of await house.store.credentials(subscriberId))
    for (const encoding of ['hex', 'base64', 'base64url'] as const)
      t.notOk(text.includes(Buffer.from(secret).toString(encoding)))
})

t.test('erased: nothing opens, and nothing is called anything', async (t) => {
  const house = await openHouse(t)
  const device = await enrollDevice(house, 'Laptop of Zoe')
  const cookie = await openAccount(house, device)
  const session = await accountsOf(house).enter(cookie, device.fingerprint)
  const data = createOwnData(house)
  await data.rename(session, 'Zoe')
  await data.erase(session)
  t.match(await house.store.certificate(device.fingerprint), { status: 'revoked', reason: 'cessation-of-operation' })
  await t.rejects(accountsOf(house).enter(cookie, device.fingerprint), { code: 'session-missing' })
  await t.rejects(accountsOf(house).ask(device.fingerprint, 'change'), { code: 'certificate-revoked' })
  t.notMatch(JSON.stringify(await data.take(session)), 'Zoe')
  t.notMatch(JSON.stringify(await house.store.auditRows(0, 1_000)), 'Zoe')
})

t.test('erased: what the operator had called the device in the invitation is gone too', async (t) => {
  const house = await openHouse(t)
  const { token } = await house.enrollment.invite({ actor: 'operator:test', label: 'Laptop of Zoe' })
  const request = makeRequest(makeKeyPair())
  await house.enrollment.accept({ token, label: 'Laptop of Zoe', request, recoveryDigests: DIGESTS })
  const hash = createHash('sha256').update(token).digest('hex')
  t.match(await house.store.invitation(hash), { usedAt: Number, label: null })
})
