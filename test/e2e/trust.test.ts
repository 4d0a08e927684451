import t from 'tap'
import { enroll, totpForm, validate, visit } from './device.ts'
import type { Reply } from './exchange.ts'
import { makeValid } from './many-certificates.ts'
import { openScene } from './scene.ts'
import { AskingService, addSite, certify } from './site-service.ts'
import { idsOf, listen } from './told.ts'

t.test('what one site says of somebody, another one is told without a name', async (t) => {
  const { service, inside, site: shop } = await openScene(t)
  const [mine = ''] = await makeValid(service, 1)
  await addSite(inside, 'bank')
  const bank = new AskingService(service, await certify(service, 'bank'))
  const [atShop, atBank] = [await subjectOf(shop, mine), await subjectOf(bank, mine)]
  const verdict = (site: AskingService) => site.byFingerprint(mine, '?trust=1')
  const say = (method: string, what: 'trust' | 'intrusion', body?: object, subject = atShop, site = shop) =>
    site.send(`/v1/subjects/${subject}/${what}`, { method, ...(body && { body }) })

  await t.test('a site of this morning weighs nothing, and nobody is told', async (t) => {
    t.match(await say('PUT', 'trust', { kind: 'known-person' }), { status: 200, json: { kind: 'known-person' } })
    t.match((await verdict(bank)).json, { verdict: 'valid', trust: { score: 0, sites: '0', unproven: '1-2' } })
    t.match(await say('DELETE', 'trust'), { status: 204 })
  })

  // what a year would bring
  const { id } = (await inside.store.site({ name: 'sample' }))!
  await inside.store.run('weighSite', id, { weight: 8, people: 900, shared: 800, at: Date.now() })
  const stream = await listen(t, service, bank.identity)
  const own = await listen(t, service, shop.identity)
  await Promise.all([stream.begins(), own.begins()])

  await t.test('its vouch is told, and that something changed', async (t) => {
    t.match(await say('PUT', 'trust', { kind: 'known-person', days: 30 }), { status: 200 })
    t.same(await stream.hears(1), ['trust-changed'])
    t.equal(stream.events[0]?.data.subject, atBank)
    const { json } = await verdict(bank)
    t.match(json, { subject: atBank, trust: { score: 20, sites: '1-2', kinds: { 'known-person': '1-2' } } })
    for (const mark of [id, 'sample', atShop]) t.notOk(JSON.stringify(json).includes(mark), 'never which site')
    t.match((await verdict(shop)).json, { trust: null }, 'nothing of its own')
    for (const [fingerprint, search] of [
      [mine, ''],
      ['00'.repeat(32), '?trust=1'],
    ] as const)
      t.notOk('trust' in (await bank.byFingerprint(fingerprint, search)).json)
  })

  await t.test('a report goes before it, and is seen by its site alone', async (t) => {
    t.match(await say('PUT', 'intrusion', { severity: 'intrusion', message: 'From two continents.' }), { status: 200 })
    t.same(await stream.hears(2), ['trust-changed', 'trust-changed'])
    t.match((await verdict(bank)).json, { trust: { score: -20, sites: '0', reports: { standing: '1-2' } } })
    t.match(await say('GET', 'intrusion'), { json: { report: { message: 'From two continents.', state: 'standing' } } })
    t.same((await say('GET', 'intrusion', undefined, atBank, bank)).json, { report: null, met: false })
  })

  await t.test('by no other site’s subject', async (t) => {
    for (const what of ['trust', 'intrusion'] as const)
      for (const method of ['GET', 'DELETE']) {
        const stranger = await say(method, what, undefined, atBank)
        t.match(stranger, { status: 404, json: { code: 'subject-unknown' } })
        t.equal(detail(stranger), detail(await say(method, what, undefined, 'A'.repeat(43))), 'as for nobody')
      }
    t.match(await say('PUT', 'trust', { kind: 'paid' }, atBank), { status: 404 })
  })

  await t.test('who did it stands in the audit', async (t) => {
    const rows = await inside.store.auditRowsAbout([atShop], 10)
    t.same(rows.map(({ action }) => action).slice(0, 2), ['intrusion-reported', 'trust-vouched'])
    for (const { actor, detail } of rows)
      t.match({ actor, detail }, { actor: 'site:sample', detail: { site: id, certificate: /^[0-9a-f]{64}$/ } })
  })

  await t.test('its owner has it hidden, and is to both sites as somebody new', async (t) => {
    const { subscriberId } = (await inside.store.certificate(mine))!
    await inside.store.run('hideTrust', { at: Date.now(), actor: `device:${mine}` }, subscriberId!, true)
    t.match((await verdict(bank)).json, { verdict: 'valid', trust: null })
    t.same(await stream.hears(3), ['trust-changed', 'trust-changed', 'trust-changed'])
    const [ids, atBank] = [await idsOf(inside, 'sample'), await idsOf(inside, 'bank')]
    await own.reaches(atBank.open(stream.events.at(-1)!.id)!, ids)
    t.same(own.events, [], 'what the shop said itself it knows')
  })
})

t.test('a site that has a fingerprint from elsewhere is not heard, until the person walks to it', async (t) => {
  const { service, inside, site: shop } = await openScene(t)
  const { id } = await addSite(inside, 'nosy')
  const nosy = new AskingService(service, await certify(service, 'nosy'))
  await inside.store.run('weighSite', id, { weight: 8, people: 900, shared: 800, at: Date.now() })
  const device = await enroll(service, inside)
  await validate(service, shop, device)
  const told = await listen(t, service, shop.identity)
  await told.begins()
  const atShop = await subjectOf(shop, device.fingerprint)
  const path = `/v1/subjects/${await subjectOf(nosy, device.fingerprint)}`
  const figure = async () => (await shop.byFingerprint(device.fingerprint, '?trust=1')).json.trust
  const report = { severity: 'intrusion', message: 'I heard of him.' }

  t.match(await nosy.send(`${path}/trust`, { method: 'PUT', body: { kind: 'paid' } }), { json: { met: false } })
  t.match(await figure(), { score: 0, sites: '0', unproven: '1-2' })
  t.match(await nosy.send(`${path}/intrusion`, { method: 'PUT', body: report }), { json: { met: false } })
  t.match(await figure(), { score: 0, unproven: '1-2', reports: { standing: '0' } })

  const redirect = await nosy.redirectFor(device.fingerprint, '?checks=totp')
  t.match(await visit(service, device, redirect), { status: 200 }, 'to look at the page is no walk')
  t.match((await nosy.send(`${path}/trust`)).json, { met: false, vouch: { kind: 'paid' } })
  const { status, headers } = await visit(service, device, redirect, totpForm(device))
  t.match({ status, location: headers.location }, { status: 303, location: 'https://nosy.example/back' })
  t.match((await nosy.send(`${path}/trust`)).json, { met: true })
  t.match(await figure(), { score: -20, unproven: '0', reports: { standing: '1-2' } })
  t.same(await told.hears(1), ['trust-changed'])
  t.equal(told.events[0]?.data.subject, atShop)
})

async function subjectOf(site: AskingService, fingerprint: string): Promise<string> {
  const { json } = await site.byFingerprint(fingerprint)
  return String(json.subject)
}

function detail({ json }: Reply): unknown {
  return json.detail
}
