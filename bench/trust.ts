import type { Hex } from '../src/domain/hex.ts'
import type { Bench, Figures } from './figures.ts'
import { DAY, TrustWorld } from './trust-world.ts'

/** A town as it may be: sites of all ages, each known to some of the people, the oldest to most. */
const SITES = 30
const PEOPLE = 3_000
const MOST_SITES_OF_ONE = 6
/** What a ring has beside its sites. */
const SYBILS = 200
const RINGS = [1, 5, 20] as const

/** What N colluding sites do, and what the town's sites are told then. None of it is refused: it is said what it brings. */
interface Attack {
  readonly name: string
  readonly what: string
  /** how old the ring's sites are */
  readonly age: number
  /** how many of the ring's people an honest, established site has known for a long time */
  readonly rooted: number
  /** how many of the town's people use each of the ring's sites */
  readonly visitors: number
}

const ATTACKS: readonly Attack[] = [
  { name: 'fresh', what: 'sites of 20 days', age: 20 * DAY, rooted: 0, visitors: 0 },
  { name: 'patient', what: 'sites of 400 days', age: 400 * DAY, rooted: 0, visitors: 0 },
  { name: 'popular', what: 'sites of 400 days that 200 of the town visit', age: 400 * DAY, rooted: 0, visitors: 200 },
  {
    name: 'rooted_half',
    what: 'sites of 400 days, half of their people long at an honest site',
    age: 400 * DAY,
    rooted: 100,
    visitors: 0,
  },
  {
    name: 'rooted',
    what: 'sites of 400 days, all of their people long at an honest site',
    age: 400 * DAY,
    rooted: 200,
    visitors: 0,
  },
]

/**
 * `npm run bench -- trust`: what colluding sites achieve against the rule of `src/domain/trust/trust-rule.ts`, on a real store.
 * For each ring: the score of a made-up person for whom all of it vouch as strongly as they can, and the score of an
 * honest person against whom all of it report as badly as they can.
 */
export const benchTrust: Bench = async ({ print, only }) => {
  const world = new TrustWorld()
  await world.open()
  try {
    const town = await populate(world)
    const honest = await scoreOf(world, town.asking, town.person)
    print(`${SITES} honest sites, ${PEOPLE} people; an honest person with three vouches: score ${honest}`)
    const figures: Record<string, number> = { honest_score: honest }
    for (const attack of ATTACKS) {
      if (only.length > 0 && !only.includes(attack.name)) continue
      for (const size of RINGS) Object.assign(figures, await attempt(world, town, attack, size, print))
    }
    return figures
  } finally {
    await world.close()
  }
}

interface Town {
  readonly sites: readonly Hex[]
  readonly people: readonly Hex[]
  /** the site that is told; it knows everybody who is asked about */
  readonly asking: Hex
  /** somebody honest, who is blackmailed */
  readonly person: Hex
}

async function populate(world: TrustWorld): Promise<Town> {
  const people = world.people(PEOPLE)
  const ages = Array.from({ length: SITES }, (_, index) => (2_000 - index * 60) * DAY)
  const sites = ages.map((age) => world.site(age))
  // the product of two chances: older sites are known to more people
  for (const person of people)
    for (let visits = 1 + world.chance(MOST_SITES_OF_ONE); visits > 0; visits -= 1)
      world.introduce(sites[world.chance(1 + world.chance(SITES))]!, [person], 100 * DAY)
  const [person, asking] = [people[0]!, sites[0]!]
  world.introduce(asking, [person], 100 * DAY)
  for (const index of [1, 5, 9]) {
    world.introduce(sites[index]!, [person], 100 * DAY)
    await world.vouch(sites[index]!, person, 'good-standing')
  }
  await world.weigh()
  return { sites, people, asking, person }
}

async function attempt(
  world: TrustWorld,
  { sites, people, asking, person }: Town,
  attack: Attack,
  size: number,
  print: (line: string) => void,
): Promise<Figures> {
  const sybils = world.people(SYBILS)
  const ring = Array.from({ length: size }, (_, index) => world.site(attack.age + index))
  world.introduce(sites[3]!, sybils.slice(0, attack.rooted), 100 * DAY)
  for (const site of ring) {
    world.introduce(site, [...sybils, ...people.slice(1, 1 + attack.visitors)], 100 * DAY)
    world.introduce(site, [person], DAY)
  }
  await world.weigh()
  const weights = await world.weights(ring)
  const lifted = sybils[0]!
  world.introduce(asking, [lifted], DAY)
  for (const site of ring) {
    await world.vouch(site, lifted, 'identity-document-checked')
    await world.report(site, person, 'intrusion')
  }
  const [up, down] = [await scoreOf(world, asking, lifted), await scoreOf(world, asking, person)]
  print(
    `${String(size).padStart(2)} ${attack.what}: each weighs ${Math.max(...weights)} at most; lift somebody to ${up}, push the honest person to ${down}`,
  )
  world.remove(ring, sybils)
  const name = `${attack.name}_${size}`
  return { [`${name}_weight`]: Math.max(...weights), [`${name}_lifted`]: up, [`${name}_pushed`]: down }
}

async function scoreOf(world: TrustWorld, asking: Hex, person: Hex): Promise<number> {
  return (await world.figure(asking, person))?.score ?? 0
}
