import type { Hex } from '../src/domain/hex.ts'
import type { Bench, Figures } from './figures.ts'
import { DAY, TrustWorld } from './trust-world.ts'

/** A town as it may be: sites of all ages, each known to some of the people, the oldest to most. */
const SITES = 30
const PEOPLE = 3_000
const MOST_SITES_OF_ONE = 6
/** Of 100 people whom an honest site signs in so many have ever walked to it: it never asks for that on purpose. */
const WALKING = 60
/** What a ring has beside its sites. */
const SYBILS = 200
const RINGS = [1, 5, 20] as const
const OLD = 400 * DAY

/** What N colluding sites do, and what the town's sites are told then. None of it is refused: it is said what it brings. */
interface Attack {
  readonly name: string
  readonly what: string
  /** how old the ring's sites are */
  readonly age: number
  /** people whom the ring has made up; they walk wherever it helps */
  readonly sybils: number
  /** how many of these an honest, established site met long ago */
  readonly rooted: number
  /** how many of the town's people each of the ring's sites has asked about */
  readonly asked: number
  /** whether these, and the person whom the ring reports, were there and have walked to it */
  readonly met: boolean
}

const PATIENT = { age: OLD, sybils: SYBILS, rooted: 0, asked: 0, met: true } as const

const ATTACKS: readonly Attack[] = [
  { ...PATIENT, name: 'fresh', what: 'sites of 20 days', age: 20 * DAY },
  { ...PATIENT, name: 'patient', what: 'sites of 400 days' },
  { ...PATIENT, name: 'popular', what: 'sites of 400 days that 200 of the town walk to', asked: 200 },
  {
    ...PATIENT,
    ...{ name: 'detour', what: 'sites of 400 days without made-up people, to which 150 of the town walk once' },
    ...{ sybils: 1, asked: 150 },
  },
  {
    ...PATIENT,
    ...{ name: 'asking', what: 'sites of 400 days that ask about 150 of the town who were never there' },
    ...{ sybils: 1, asked: 150, met: false },
  },
  {
    ...PATIENT,
    ...{ name: 'rooted_half', what: 'sites of 400 days, half of their people long at an honest site', rooted: 100 },
  },
  {
    ...PATIENT,
    ...{ name: 'rooted', what: 'sites of 400 days, all of their people long at an honest site', rooted: 200 },
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
      visit(world, sites[world.chance(1 + world.chance(SITES))]!, person)
  const [person, asking] = [people[0]!, sites[0]!]
  world.introduce(asking, [person], 100 * DAY)
  for (const [index, kind] of [
    [1, 'good-standing'],
    [5, 'paid'],
    [9, 'address-checked'],
  ] as const) {
    world.introduce(sites[index]!, [person], 100 * DAY)
    // who means to vouch asks for it
    world.meet(sites[index]!, [person], 100 * DAY)
    await world.vouch(sites[index]!, person, kind)
  }
  await world.weigh()
  return { sites, people, asking, person }
}

function visit(world: TrustWorld, site: Hex, person: Hex): void {
  world.introduce(site, [person], 100 * DAY)
  if (world.chance(100) < WALKING) world.meet(site, [person], 100 * DAY)
}

async function attempt(
  world: TrustWorld,
  { sites, people, asking, person }: Town,
  attack: Attack,
  size: number,
  print: (line: string) => void,
): Promise<Figures> {
  const sybils = world.people(attack.sybils)
  const ring = Array.from({ length: size }, (_, index) => world.site(attack.age + index))
  const rooted = sybils.slice(0, attack.rooted)
  world.introduce(sites[3]!, rooted, 100 * DAY)
  world.meet(sites[3]!, rooted, 100 * DAY)
  const asked = people.slice(1, 1 + attack.asked)
  for (const site of ring) {
    world.introduce(site, [...sybils, ...asked], 100 * DAY)
    world.introduce(site, [person], DAY)
    world.meet(site, [...sybils, ...(attack.met ? [...asked, person] : [])], 100 * DAY)
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
