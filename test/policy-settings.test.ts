import t from 'tap'
import { CEILINGS } from '../ca/profiles.ts'
import { DEFAULT_POLICY } from '../src/domain/policy.ts'
import { readPolicy } from '../src/policy-settings.ts'

/** What each kind of policy may be set to, and what becomes of it. */
function sampleOf(name: keyof typeof DEFAULT_POLICY): readonly [written: unknown, read: unknown] {
  const usual = DEFAULT_POLICY[name]
  if (name === 'enrollment') return ['open', 'open']
  if (name === 'signedVerdictLifetime') return ['5m', 300_000]
  if (name === 'enrollWith') return [['totp'], ['totp']]
  if (typeof usual === 'object')
    return [
      ['password', 'totp', 'passkey'],
      ['passkey', 'totp', 'password'],
    ]
  return typeof usual === 'number' && usual < 1_000 ? [3, 3] : ['3h', 10_800_000]
}

t.test('each policy has its name in the file, and nothing else has one', async (t) => {
  for (const name of Object.keys(DEFAULT_POLICY) as (keyof typeof DEFAULT_POLICY)[]) {
    const written = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    const [wish, expected] = sampleOf(name)
    const { policy, faults } = read({ [written]: wish })
    t.same(faults, [], written)
    t.same(policy, { ...DEFAULT_POLICY, [name]: expected }, written)
  }
  for (const name of ['idl', 'minMaxAge', 'constructor', '__proto__x', '']) {
    t.match(read({ [name]: '1h' }).faults, [new RegExp(`^policy\\.${name} is not a policy; the nearest is policy\\.`)])
  }
})

t.test('lists of checks hold what there is, once', async (t) => {
  for (const value of ['totp', ['totp', 'totp'], ['sms'], [1], {}, null]) {
    const { policy, faults } = read({ revalidate_with: value })
    t.match(faults, [/^policy\.revalidate_with must be a list/], JSON.stringify(value))
    t.same(policy, DEFAULT_POLICY)
  }
  t.match(read({ enrollment: 'all' }).faults, [/^policy\.enrollment must be invited .* or open/])
})

t.test('less than two factors is refused, and so is what lets nobody go on', async (t) => {
  for (const name of ['device', 'revalidate', 'change']) {
    t.match(read({ [`${name}_with`]: [] }).faults[0], new RegExp(`^policy\\.${name}_with is empty`))
  }
  t.match(read({ enroll_with: [] }).faults, [/^policy\.enroll_with is empty/])
  t.match(read({ enroll_with: ['recovery-code'] }).faults, [/recovery-code, which everybody gets anyway/])
  t.match(read({ enroll_with: ['password'] }).faults, [/revalidate_with lacks password/, /change_with lacks password/])
  t.same(read({ enroll_with: ['totp'], revalidate_with: ['totp'], change_with: ['totp'] }).faults, [])
})

t.test('nobody may believe a verdict for longer than five minutes without asking', async (t) => {
  t.match(read({ signed_verdict_lifetime: '301s' }).faults, [/^policy\.signed_verdict_lifetime is longer than 5m/])
})

t.test('a policy that no certificate could be issued by is refused, with what would do', async (t) => {
  for (const [wishes, ...faults] of [
    [{ browser_lifetime: '367d' }, /^policy\.browser_lifetime and policy\.grace are together .* 455d or less$/],
    [{ grace: '92d' }, /^policy\.browser_lifetime and policy\.grace/],
    [{ api_lifetime: '397d' }, /^policy\.api_lifetime is .* 396d or less$/],
    [{ admin_lifetime: '397d' }, /^policy\.admin_lifetime is/],
    [{ api_lifetime: '500d', admin_lifetime: '500d' }, /^policy\.api_lifetime/, /^policy\.admin_lifetime/],
    [{ browser_lifetime: '366d', grace: '89d', api_lifetime: '396d', admin_lifetime: '396d' }],
    [{ browser_lifetime: '446d', grace: '10d' }, /^policy\.browser_lifetime/],
  ] as const) {
    const found = read(wishes).faults
    t.match(found, faults, JSON.stringify(wishes))
    t.equal(found.length, faults.length)
  }
})

t.test('the units', async (t) => {
  for (const [text, ms] of [
    ['1s', 1_000],
    ['90s', 90_000],
    ['15m', 900_000],
    ['24h', 86_400_000],
    ['999999d', 86_399_913_600_000],
  ] as const) {
    t.equal(read({ idle: text }).policy.idle, ms, text)
  }
})

t.test('what is no period leaves the default, with a sentence', async (t) => {
  for (const value of [
    '',
    '1',
    1,
    30,
    '0s',
    '-1s',
    '1.5h',
    '1 h',
    '1H',
    '1w',
    'h',
    '1000000d',
    '1h1m',
    null,
    true,
    [],
    {},
    '1s\n',
  ]) {
    const { policy, faults } = read({ idle: value })
    t.match(faults, [/^policy\.idle must be a period/], JSON.stringify(value))
    t.same(policy, DEFAULT_POLICY)
  }
  for (const value of [0, -1, 1_001, 1.5, '5s', '', null, [5, 5]]) {
    t.match(
      read({ guesses_per_minute: value }).faults,
      [/^policy\.guesses_per_minute must be a whole number/],
      JSON.stringify(value),
    )
  }
})

function read(wishes: Readonly<Record<string, unknown>>) {
  const faults: string[] = []
  return { policy: readPolicy(wishes, CEILINGS, faults), faults }
}
