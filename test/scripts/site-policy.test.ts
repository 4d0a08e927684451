import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type CommandPlace, countersign, type Json } from '../e2e/cli.ts'

/** A picture. */
const ONE_PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

t.test('what a site wants is set, shown with where it comes from, and inherited again', async (t) => {
  const { place, home } = await initiated(t)
  const logo = join(home, 'logo.png')
  writeFileSync(logo, Buffer.from(ONE_PIXEL, 'base64'))
  const set = await answered(
    t,
    place,
    'site',
    'policy',
    'shop',
    '--max-age',
    '12h',
    '--language',
    'de,en',
    '--logo',
    logo,
  )
  t.match(set.policy, {
    max_age: { value: 43_200, source: 'site' },
    language: { value: ['de', 'en'], source: 'site' },
    logo: { value: /^[0-9a-f]{64}$/, source: 'site' },
    idle: { value: 2_592_000, source: 'default' },
  })
  await answered(
    t,
    place,
    'site',
    'policy',
    'shop',
    '--service',
    'web',
    '--max-age',
    '1h',
    '--verdicts-per-second',
    '50',
  )
  t.match(await answered(t, place, 'site', 'show', 'shop'), {
    policy: { max_age: { value: 43_200, source: 'site' } },
    services: {
      web: { max_age: { value: 3_600, source: 'service' }, verdicts_per_second: { value: 50, source: 'service' } },
    },
  })
  const cleared = await answered(t, place, 'site', 'policy', 'shop', '--clear', 'max-age', 'logo')
  t.match(cleared.policy, { max_age: { value: null, source: 'default' }, logo: { value: null } })
  for (const args of [
    ['--max-age', 'long'],
    ['--max-age', '1s'],
    ['--checks', 'smell'],
    ['--verdicts-per-second', '-1'],
    ['--logo', join(home, 'seal.key')],
    ['--logo', join(home, 'missing.png')],
    ['--clear', 'everything'],
    ['--service', 'Not A Name', '--idle', '1d'],
  ])
    t.match(await countersign(place, 'site', 'policy', 'shop', ...args), { code: 1, stdout: '' }, args.join(' '))
  const { stdout } = await countersign(place, 'site', 'show', 'shop')
  t.match(stdout, /language +de, en +site/)
  t.match(stdout, /idle +30d +default/, 'periods as they are written')
  t.match(stdout, /max-age +1h +service/)
})

async function initiated(t: Test): Promise<{ place: CommandPlace; home: string }> {
  const home = mkdtempSync(join(tmpdir(), 'countersign-policy-'))
  t.teardown(() => rmSync(home, { recursive: true, force: true }))
  const place = { settings: { COUNTERSIGN_HOME: home } }
  for (const args of [
    ['ca', 'init'],
    ['site', 'add', 'shop', '--return-to', 'https://shop.example/in'],
  ]) {
    const { code, stderr } = await countersign(place, ...args)
    t.equal(code, 0, stderr)
  }
  return { place, home }
}

async function answered(t: Test, place: CommandPlace, ...args: readonly string[]): Promise<Json> {
  const { code, stderr, data } = await countersign(place, ...args, '--json')
  t.equal(code, 0, stderr)
  return data
}
