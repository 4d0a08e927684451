import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { CEILINGS } from '../../ca/profiles.ts'
import { readConfig } from '../../src/config.ts'
import { readKeyring } from '../../src/seal-key.ts'
import { openStore } from '../../src/store/open-store.ts'
import { type CommandPlace, countersign } from '../e2e/cli.ts'
import { addSite, enroll, signInRow } from '../store/samples.ts'

const PLANS = { free: {}, standard: { price_per_person: '0.05', currency: 'EUR', included: 1 } }

t.test('a month of two sites, and what they owe', async (t) => {
  const place = await inhabited(t)
  t.match(await countersign(place, 'site', 'plan', 'shop', 'standard', '--from', '2026-02', '--json'), {
    code: 0,
    data: { site: 'shop', plan: 'standard', from: '2026-02' },
  })

  await t.test('the statement', async (t) => {
    const { code, data } = await countersign(place, 'usage', '--month', '2026-02', '--json')
    t.equal(code, 0)
    const services = [
      { service: 'app', people: 1 },
      { service: 'web', people: 3 },
    ]
    const owed = { included: 1, billed: 2, price_per_person: '0.05', amount: '0.10', currency: 'EUR' }
    const club = { removed: false, plan: null, people: 0, services: [], billed: 0, amount: '0.00', currency: null }
    t.match(data, { month: '2026-02', complete: true, totals: [{ currency: 'EUR', amount: '0.10' }] })
    t.match(data.sites, [
      { site: 'club', ...club, included: null, price_per_person: null },
      { site: 'shop', removed: false, plan: 'standard', people: 3, services, ...owed },
    ])
    const before = await countersign(place, 'usage', '--month', '2026-01', '--site', 'shop', '--json')
    t.match(
      before.data,
      { sites: [{ site: 'shop', plan: null, people: 0 }], totals: [] },
      'a plan begins with its month',
    )
  })

  await t.test('for a spreadsheet, and for people', async (t) => {
    const csv = await countersign(place, 'usage', '--month', '2026-02', '--site', 'shop', '--csv')
    t.same(csv.stdout.split('\r\n'), [
      'month,complete,site,service,people,plan,included,billed,price_per_person,amount,currency',
      '2026-02,true,shop,,3,standard,1,2,0.05,0.10,EUR',
      '2026-02,true,shop,app,1,,,,,,',
      '2026-02,true,shop,web,3,,,,,,',
      '',
    ])
    t.match(
      (await countersign(place, 'usage', '--month', '2026-02')).stdout,
      /^shop +standard +3 +2 +0\.05 EUR +0\.10 EUR$/m,
    )
  })

  await t.test('what cannot be', async (t) => {
    for (const [code, ...args] of [
      [1, 'usage', '--month', '2026-13'],
      [1, 'usage', '--month', '9998-01'],
      [1, 'usage', '--month', '2026-02', '--site', 'nobody'],
      [1, 'site', 'plan', 'shop', 'golden'],
      [1, 'site', 'plan', 'nobody', 'free'],
      [2, 'usage'],
      [2, 'usage', '--month', '2026-02', '--csv', '--json'],
    ] as const) {
      const outcome = await countersign(place, ...args)
      t.match(outcome, { code, stdout: '', stderr: /^[a-zA-Z"].*\n/ }, args.join(' '))
    }
  })
})

t.test('a plan that the configuration has lost is told, not left out', async (t) => {
  const place = await inhabited(t)
  await countersign(place, 'site', 'plan', 'shop', 'standard', '--from', '2026-02')
  writeFileSync(place.settings.COUNTERSIGN_CONFIG!, JSON.stringify({ plans: { free: {} } }))
  t.match(await countersign(place, 'usage', '--month', '2026-02'), { code: 1, stdout: '', stderr: /"standard"/ })
  t.match(await countersign(place, 'usage', '--month', '2026-02', '--site', 'club'), { code: 0 })
})

/** A home with two sites, at one of which three people were in February. */
async function inhabited(t: Test): Promise<CommandPlace> {
  const home = mkdtempSync(join(tmpdir(), 'countersign-usage-'))
  t.teardown(() => rmSync(home, { recursive: true, force: true }))
  const file = join(home, 'settings.yaml')
  writeFileSync(file, JSON.stringify({ plans: PLANS }))
  const settings = { COUNTERSIGN_HOME: home, COUNTERSIGN_CONFIG: file }
  t.equal((await countersign({ settings }, 'ca', 'init')).code, 0)

  const config = readConfig({
    env: settings,
    defaultHome: undefined,
    ceilings: CEILINGS,
    readFile: (path) => readFileSync(path, 'utf8'),
  })
  const store = await openStore(config.store, readKeyring(config.sealKeyFile))
  const shop = await addSite(store, { name: 'shop' })
  await addSite(store, { name: 'club' })
  for (const service of [['web', 'app'], ['web'], ['web']]) {
    const { subscriberId } = await enroll(store)
    for (const name of service)
      await store.run('signIn', signInRow(shop.id, subscriberId, { service: name, month: 202602 }))
  }
  await store.close()
  return { settings }
}
