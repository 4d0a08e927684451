import t, { type Test } from 'tap'
import type { ApiQuestion, KeyPair } from '../../src/client/api.ts'
import { CountersignError } from '../../src/client/countersign-error.ts'
import type { RenewedPair } from '../../src/client/renewal.ts'
import { Upkeep } from '../../src/client/upkeep.ts'
import { until } from '../ca/until.ts'
import { openCast } from '../http/handshake.ts'
import { certify } from './issuing.ts'
import { READING } from './signing.ts'

const cast = await openCast(t)
const DAY = 86_400_000
const START = Date.UTC(2026, 10, 21)
const RENEW_AT = START + 60 * DAY
const NOT_AFTER = START + 90 * DAY

t.test('two thirds through its life a certificate is renewed, stored, and then used', async (t) => {
  const scene = await open(t)
  await scene.upkeep.look()
  t.equal(scene.renewals(), 0)
  scene.now = RENEW_AT - 1
  await scene.upkeep.look()
  t.equal(scene.renewals(), 0)
  scene.now = RENEW_AT
  await scene.upkeep.look()
  t.equal(scene.renewals(), 1)
  t.match(scene.steps, ['stored', 'used', 'streaming'])
  t.same(scene.used, scene.stored)
  t.same(scene.failures, [])
})

t.test('what could not be stored is not used, and offered again; it is not issued twice', async (t) => {
  let failing = true
  const scene = await open(t, {
    renewed: async () => {
      if (failing) throw new Error('the disk is full')
    },
  })
  scene.now = RENEW_AT
  for (let looks = 0; looks < 3; looks++) await scene.upkeep.look()
  t.same(scene.used, [])
  t.equal(scene.failures.length, 3)
  failing = false
  await scene.upkeep.look()
  t.equal(scene.used.length, 1)
  t.equal(scene.renewals(), 1)
})

t.test(
  'what could not be stored before the older one ended lives in memory, and is stored when that can be',
  async (t) => {
    let failing = true
    const stored: RenewedPair[] = []
    const scene = await open(t, {
      renewed: async (pair) => {
        if (failing) throw new Error('the disk is full')
        stored.push(pair)
      },
    })
    scene.now = RENEW_AT
    await scene.upkeep.look()
    t.same(scene.used, [])
    scene.refused = true
    await scene.upkeep.look()
    t.equal(scene.used.length, 1)
    scene.refused = false
    scene.renewAt = NOT_AFTER + 300 * DAY
    failing = false
    await scene.upkeep.look()
    t.same(stored, [scene.used[0]])
    t.equal(scene.renewals(), 1)
    await scene.upkeep.look()
    t.equal(stored.length, 1)
  },
)

t.test('a renewal that is refused is tried again at the next look', async (t) => {
  const scene = await open(t)
  scene.now = RENEW_AT
  scene.refusing = true
  await scene.upkeep.look()
  t.match(scene.failures, [{ message: 'refused' }])
  scene.refusing = false
  await scene.upkeep.look()
  t.equal(scene.used.length, 1)
})

t.test('where nobody stores it: in its last week alone, and with a warning before', async (t) => {
  const warnings: Error[] = []
  const hear = (warning: Error): void => void warnings.push(warning)
  process.on('warning', hear)
  t.teardown(() => process.off('warning', hear))
  const scene = await open(t, { renewed: undefined })
  await scene.upkeep.look()
  t.same(warnings, [])
  scene.now = NOT_AFTER - 7 * DAY - 1
  for (let looks = 0; looks < 3; looks++) await scene.upkeep.look()
  await until(() => warnings.length > 0)
  t.match(warnings, [{ message: /2027-02-19.*renewed/ }])
  t.equal(warnings.length, 1)
  t.equal(scene.renewals(), 0)
  scene.now += 1
  await scene.upkeep.look()
  t.equal(scene.used.length, 1)
})

t.test('followers are told of new issuers, and of nothing else; one that fails keeps nobody from his', async (t) => {
  const scene = await open(t)
  const told: string[] = []
  scene.upkeep.follow(() => {
    throw new Error('a server that is gone')
  })
  const unfollow = scene.upkeep.follow(({ browserIssuer }) => void told.push(browserIssuer))
  await scene.upkeep.look()
  scene.issuer = 'two'
  await scene.upkeep.look()
  await scene.upkeep.look()
  t.same(told, ['two'])
  t.equal(scene.upkeep.self.browserIssuer, 'two')
  t.match(scene.failures, [{ message: 'a server that is gone' }])
  unfollow()
  scene.issuer = 'three'
  await scene.upkeep.look()
  t.same(told, ['two'])
})

t.test('who could not be told of a new issuer is told at the next look', async (t) => {
  const scene = await open(t)
  const told: string[] = []
  let failing = true
  scene.upkeep.follow(({ browserIssuer }) => {
    if (failing) throw new Error('half a key file')
    told.push(browserIssuer)
  })
  scene.issuer = 'two'
  await scene.upkeep.look()
  failing = false
  await scene.upkeep.look()
  await scene.upkeep.look()
  t.same(told, ['two'])
})

t.test('what could not be stored is used, too, once the older one has expired: no handshake says why', async (t) => {
  const { now } = Date
  t.teardown(() => {
    Date.now = now
  })
  const scene = await open(t, {
    renewed: async () => {
      throw new Error('the disk is full')
    },
  })
  scene.now = RENEW_AT
  await scene.upkeep.look()
  scene.away = true
  Date.now = () => NOT_AFTER - 1
  await scene.upkeep.look()
  t.same(scene.used, [])
  Date.now = () => NOT_AFTER
  await scene.upkeep.look()
  t.equal(scene.used.length, 1)
})

t.test('it looks by itself, until the end; without an answer at the start there is none', async (t) => {
  const scene = await open(t, { every: 5 })
  const asked = scene.looks()
  await until(() => scene.looks() > asked + 3)
  scene.away = true
  await until(() => scene.failures.length > 1)
  scene.upkeep.close()
  const failures = scene.failures.length
  await scene.upkeep.look()
  t.equal(scene.failures.length, failures, 'nobody is told any more')
  await t.rejects(Upkeep.begin(scene.options), { message: 'away' })
})

t.test('a program that is started late, and never runs for long, renews all the same', async (t) => {
  const scene = await open(t, { now: RENEW_AT + DAY })
  await until(() => scene.used.length === 1)
})

t.test('a hook that never ends stops no look: it is told of, and the same pair is offered again', async (t) => {
  const offered: RenewedPair[] = []
  const renewed = async (pair: RenewedPair): Promise<void> => {
    offered.push(pair)
    if (offered.length < 3) await new Promise(() => {})
  }
  const scene = await open(t, { renewed, patience: 5 })
  const held = setInterval(() => {}, 1_000)
  t.teardown(() => clearInterval(held))
  scene.now = RENEW_AT
  for (let looks = 1; looks <= 2; looks++) {
    await scene.upkeep.look()
    t.equal(scene.failures.length, looks)
    t.same(scene.used, [])
  }
  await scene.upkeep.look()
  t.same(scene.used, [offered[0]])
  t.equal(scene.renewals(), 1)
})

t.test('new keys are asked for once a minute, for all who need them together, and a failure is nobody’s', async (t) => {
  const scene = await open(t)
  const { now } = performance
  t.teardown(() => {
    performance.now = now
  })
  let passed = 0
  performance.now = () => now.call(performance) + passed
  const before = scene.looks()
  const followed: string[] = []
  scene.upkeep.follow(({ browserIssuer }) => void followed.push(browserIssuer))
  scene.issuer = 'two'
  const [first, second] = await Promise.all([scene.upkeep.newReading(), scene.upkeep.newReading()])
  t.same([first, second], [READING, READING])
  t.equal(scene.looks(), before + 1)
  t.same(followed, ['two'], 'what else was learned is learned')
  t.equal(await scene.upkeep.newReading(), undefined)
  passed = 59_000
  t.equal(await scene.upkeep.newReading(), undefined)
  t.equal(scene.looks(), before + 1)
  passed = 60_001
  scene.away = true
  t.same(await Promise.all([scene.upkeep.newReading(), scene.upkeep.newReading()]), [undefined, undefined])
  t.equal(scene.looks(), before + 2)
  t.match(scene.failures, [{ message: 'away' }])
})

t.test('nothing is used after the end', async (t) => {
  const storing = Promise.withResolvers<void>()
  const scene = await open(t, { renewed: () => storing.promise })
  scene.now = RENEW_AT
  const looking = scene.upkeep.look()
  await until(() => scene.renewals() === 1)
  scene.upkeep.close()
  storing.resolve()
  await looking
  t.same(scene.used, [])
})

interface Wishes {
  readonly now?: number
  readonly every?: number
  readonly renewed?: ((pair: RenewedPair) => Promise<void>) | undefined
  readonly patience?: number
}

async function open(t: Test, { every = DAY, now = START, patience = 10_000, ...wishes }: Wishes = {}) {
  const steps: string[] = []
  const [asked, stored, used, failures]: [string[], RenewedPair[], KeyPair[], unknown[]] = [[], [], [], []]
  const scene = { now, renewAt: RENEW_AT, issuer: 'one', refusing: false, refused: false, away: false }
  const api = {
    ask: async (path: string, { body }: ApiQuestion = {}) => {
      asked.push(path)
      if (scene.away) throw new Error('away')
      if (scene.refused) throw new CountersignError('caller-refused', 'superseded')
      if (path === '/v1/site') return { json: siteOf(scene), date: scene.now, sentAt: 0 }
      if (scene.refusing) throw new Error('refused')
      return { json: { certificate: await certify(cast, body as Uint8Array) }, date: scene.now, sentAt: 0 }
    },
    use: (pair: KeyPair) => {
      steps.push('used')
      used.push(pair)
    },
  }
  const store = async (pair: RenewedPair): Promise<void> => {
    steps.push('stored')
    stored.push(pair)
  }
  const options = {
    api,
    every,
    patience,
    renewed: 'renewed' in wishes ? wishes.renewed : store,
    used: () => void steps.push('streaming'),
    failed: (error: unknown) => void failures.push(error),
  }
  const upkeep = await Upkeep.begin(options)
  t.teardown(() => upkeep.close())
  const count = (path: string): number => asked.filter((one) => one === path).length
  const looks = () => count('/v1/site')
  const renewals = () => count('/v1/site/certificate')
  return Object.assign(scene, { upkeep, options, steps, stored, used, failures, looks, renewals })
}

function siteOf({ issuer, renewAt }: { issuer: string; renewAt: number }): object {
  return {
    return_to: [],
    min_max_age: 30,
    check: 'https://id.example/check',
    browser_issuer: issuer,
    certificate: { not_after: new Date(NOT_AFTER).toISOString(), renew_at: new Date(renewAt).toISOString() },
    signed_verdicts: READING,
  }
}
