import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { LANGUAGES } from '../src/domain/language.ts'
import type { Policy } from '../src/domain/policy.ts'
import { CHECKS } from '../src/domain/proving/check.ts'
import type { Site } from '../src/domain/site/site.ts'
import { SITE_EVENTS } from '../src/domain/site/site-event.ts'
import { createSitePoliciesSetting, type PolicyName, type PolicyWishes } from '../src/domain/site/site-policies.ts'
import { explainPolicy } from '../src/domain/site/site-policy.ts'
import { createSiteRegistry } from '../src/domain/site/site-registry.ts'
import { IdentityError } from '../src/errors.ts'
import { rewritePng } from '../src/png.ts'
import { periodOf } from '../src/policy-settings.ts'
import { systemClock } from '../src/system-clock.ts'
import { command } from './command.ts'
import { OPERATOR, withHome } from './home.ts'
import { print, type ReportOptions, table } from './report.ts'

interface PolicyOptions extends ReportOptions {
  readonly service?: string
  readonly returnTo?: string[]
  readonly checks?: string[]
  readonly maxAge?: string
  readonly idle?: string
  readonly language?: string[]
  readonly name?: string
  readonly logo?: string
  readonly events?: string[]
  readonly verdictsPerSecond?: string
  readonly clear?: string[]
}

/** How each is called on the command line, and so in what it prints. */
const NAMES = {
  'return-to': 'returnTo',
  checks: 'checks',
  'max-age': 'maxAge',
  idle: 'idle',
  language: 'languages',
  name: 'displayName',
  logo: 'logo',
  events: 'events',
  'verdicts-per-second': 'verdictsPerSecond',
} as const satisfies Record<string, PolicyName>

/** `countersign site policy …` */
export function sitePolicyCommand(): Command {
  return command(
    'policy SITE',
    'set what a site, or one service of it, wants; without a value it shows what counts',
    'site policy shop --max-age 12h --checks passkey totp',
  )
    .argument('<site>')
    .option('--service <name>', 'for this service alone')
    .option(
      '--return-to <url...>',
      'the return addresses in place of those before; of a service: below those of its site',
    )
    .option('--checks <name...>', `the last proof must have been by one of these: ${CHECKS.join(', ')}`)
    .option('--max-age <period>', 'and not be older than this, as in 12h')
    .option('--idle <period>', 'unused for longer: people prove themselves again')
    .option('--language <code...>', `of the page where they do: ${LANGUAGES.join(', ')}; the first is for all others`)
    .option('--name <text>', 'what that page calls the site')
    .option('--logo <file>', 'and shows: a PNG of at most 512 by 512 pixels and 64 KiB')
    .option('--events <name...>', `wanted of ${SITE_EVENTS.join(', ')}; those that end a verdict are always told`)
    .option('--verdicts-per-second <number>', 'questions of each service that are answered in a second; 0: all')
    .option('--clear <name...>', `inherit these again: ${Object.keys(NAMES).join(', ')}`)
    .action(setPolicy)
}

async function setPolicy(name: string, options: PolicyOptions): Promise<void> {
  const [wishes, clear] = [readWishes(options), readCleared(options.clear ?? [])]
  await withHome(async ({ store, config: { policy } }) => {
    const registry = createSiteRegistry({ store, clock: systemClock })
    const setting = createSitePoliciesSetting({ store, registry, policy, clock: systemClock, rewriteLogo: rewritePng })
    const { service } = options
    const asked = Object.keys(wishes).length + clear.length > 0
    const site = asked
      ? await setting.set(OPERATOR, { site: name, service }, wishes, clear)
      : await registry.named(name)
    const whose = service === undefined ? `the site ${name}` : `the service ${service} of ${name}`
    print(
      {
        data: { site: name, service: service ?? null, policy: policyFields(policy, site, service) },
        lines: [
          asked ? `From the next question on, ${whose} has:` : `For ${whose} counts:`,
          ...policyLines(policy, site, service),
        ],
      },
      options,
    )
  })
}

/** What counts, each value with where it comes from. */
export function policyFields(policy: Policy, site: Site, service?: string) {
  const explained = explainPolicy(policy, site, service)
  const entries = Object.entries(NAMES).map(([written, name]) => {
    const { value, source } = explained[name]
    return [written.replaceAll('-', '_'), { value: shown(name, value), source }] as const
  })
  return Object.fromEntries(entries)
}

export function policyLines(policy: Policy, site: Site, service?: string): readonly string[] {
  const rows = Object.entries(policyFields(policy, site, service)).map(([name, { value, source }]) => [
    name.replaceAll('_', '-'),
    worded(name, value),
    source,
  ])
  return table([['POLICY', 'VALUE', 'FROM'], ...rows]).map((line) => `  ${line}`)
}

/** Periods are told in seconds, as the API tells them. */
function shown(name: PolicyName, value: unknown): unknown {
  if (value === undefined) return null
  return name === 'maxAge' || name === 'idle' ? Number(value) / 1_000 : value
}

/** For people: as it is written on the command line. */
function worded(name: string, value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'any' : value.join(', ')
  if (value === null) return '-'
  if (name === 'max_age' || name === 'idle') return periodIn(Number(value))
  return name === 'verdicts_per_second' && value === 0 ? '0 (all)' : String(value)
}

/** @param seconds 43,200 is `12h` */
function periodIn(seconds: number): string {
  const [unit, size] = UNITS.find(([, size]) => seconds % size === 0)!
  return `${seconds / size}${unit}`
}

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
  ['s', 1],
] as const

function readWishes(options: PolicyOptions): PolicyWishes {
  const { returnTo, checks, language, name, logo, events, verdictsPerSecond } = options
  return {
    ...(returnTo && { returnTo }),
    ...(checks && { checks: split(checks) }),
    ...(options.maxAge !== undefined && { maxAge: readPeriod('--max-age', options.maxAge) }),
    ...(options.idle !== undefined && { idle: readPeriod('--idle', options.idle) }),
    ...(language && { languages: split(language) }),
    ...(name !== undefined && { displayName: name }),
    ...(logo !== undefined && { logo: readLogo(logo) }),
    ...(events && { events: split(events) }),
    ...(verdictsPerSecond !== undefined && { verdictsPerSecond: readNumber(verdictsPerSecond) }),
  }
}

/** With commas or with spaces between them. */
function split(names: readonly string[]): readonly string[] {
  return names.flatMap((name) => name.split(',')).filter((name) => name !== '')
}

function readCleared(names: readonly string[]): readonly PolicyName[] {
  return split(names).map((name) => {
    if (Object.hasOwn(NAMES, name)) return NAMES[name as keyof typeof NAMES]
    throw refused(`${JSON.stringify(name)} is no policy of a site. There are ${Object.keys(NAMES).join(', ')}.`)
  })
}

function readPeriod(option: string, text: string): number {
  const period = periodOf(text)
  if (period !== undefined) return period
  throw refused(`${option} is a period like 30s, 15m, 12h or 90d.`)
}

function readNumber(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text)
  throw refused('--verdicts-per-second is a whole number; 0 answers all.')
}

function readLogo(file: string): Uint8Array {
  try {
    return readFileSync(file)
  } catch (cause) {
    throw new IdentityError('logo-refused', `The file ${file} cannot be read.`, { cause })
  }
}

function refused(message: string): IdentityError {
  return new IdentityError('site-invalid', message)
}
