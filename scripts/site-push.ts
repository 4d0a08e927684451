import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { createPushRegistry, type NamedLetter, type PushRegistry } from '../src/domain/security-event/push-registry.ts'
import type { PushTarget } from '../src/domain/security-event/push-target.ts'
import type { SecurityStream } from '../src/domain/security-event/security-stream.ts'
import type { Site } from '../src/domain/site/site.ts'
import { createSiteRegistry } from '../src/domain/site/site-registry.ts'
import { IdentityError } from '../src/errors.ts'
import { systemClock } from '../src/system-clock.ts'
import { command } from './command.ts'
import { OPERATOR, withHome } from './home.ts'
import { iso, print, type Report, type ReportOptions, table } from './report.ts'

interface PushOptions extends ReportOptions {
  readonly allowPrivate?: boolean
  readonly ca?: string
  readonly authorizationFile?: string
  readonly remove?: boolean
  readonly deadLetters?: boolean
  readonly retry?: boolean
}

/** `countersign site push`: where a site's security events may be pushed, and what could not be delivered. */
export function sitePushCommand(): Command {
  return command(
    'push SITE [URL]',
    'let security events of a site be pushed to this address; without one, show what is registered',
    'site push shop https://shop.example/events',
  )
    .argument('<site>')
    .argument('[url]', 'https; where the site receives them (RFC 8935)')
    .option('--allow-private', 'the address may lead into a private network or to this machine')
    .option('--ca <file>', 'believe certificates of this authority alone, PEM; default: the public ones')
    .option('--authorization-file <file>', 'a file with the value of the Authorization header; kept sealed')
    .option('--remove', 'remove the address; a stream that is pushed there ends')
    .option('--dead-letters', 'list what could not be delivered')
    .option('--retry', 'deliver what could not be delivered again')
    .action(push)
}

/** What the command does, by what it is given; exactly one of them. */
const WAYS: readonly {
  readonly wanted: (url: string | undefined, options: PushOptions) => boolean
  readonly go: (registry: PushRegistry, site: Site, url: string, options: PushOptions) => Promise<Report>
}[] = [
  { wanted: (url) => url !== undefined, go: set },
  { wanted: (_url, { remove }) => remove === true, go: remove },
  { wanted: (_url, { deadLetters }) => deadLetters === true, go: listLetters },
  { wanted: (_url, { retry }) => retry === true, go: retry },
]

async function push(name: string, url: string | undefined, options: PushOptions): Promise<void> {
  const ways = WAYS.filter(({ wanted }) => wanted(url, options))
  if (ways.length > 1)
    throw new IdentityError('query-invalid', 'Give one of an address, --remove, --dead-letters and --retry.')
  await withHome(async ({ store, keyring }) => {
    const site = await createSiteRegistry({ store, clock: systemClock }).named(name)
    const registry = createPushRegistry({ store, clock: systemClock, keyring })
    const report = ways[0] ? await ways[0].go(registry, site, url ?? '', options) : await show(registry, site)
    print(report, options)
  })
}

async function set(registry: PushRegistry, site: Site, url: string, options: PushOptions): Promise<Report> {
  const { allowPrivate = false, ca, authorizationFile } = options
  await registry.set(OPERATOR, site, {
    url,
    allowPrivate,
    ...(ca !== undefined && { anchors: readText(ca) }),
    ...(authorizationFile !== undefined && { authorization: readText(authorizationFile).trimEnd() }),
  })
  const { target, stream } = await registry.show(site)
  return {
    data: fields(target, stream),
    lines: [`Security events of ${site.name} may be pushed to ${target?.url}; the site opens its stream by the API.`],
    next: `npx countersign site push ${site.name}`,
  }
}

/** @throws IdentityError query-invalid */
function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new IdentityError('query-invalid', `The file ${file} cannot be read. Is it there, and yours?`, { cause })
  }
}

async function show(registry: PushRegistry, site: Site): Promise<Report> {
  const { target, stream } = await registry.show(site)
  const lines = [
    target ? `Address: ${target.url}${target.allowPrivate ? ' (private permitted)' : ''}` : 'No address is registered.',
    stream ? `Stream: ${stream.delivery}, ${stream.status}` : 'The site has opened no stream.',
  ]
  return { data: fields(target, stream), lines }
}

async function remove(registry: PushRegistry, site: Site): Promise<Report> {
  await registry.remove(OPERATOR, site)
  return { data: { removed: site.name }, lines: [`Nothing of ${site.name} is pushed any more.`] }
}

async function listLetters(registry: PushRegistry, site: Site): Promise<Report> {
  const letters = await registry.deadLetters(site)
  const rows = letters.map(({ at, type, subject, failure }) => [iso(at) ?? '', type, subject ?? '', failure])
  return {
    data: { dead_letters: letters.map(letterFields) },
    lines:
      letters.length === 0 ? ['There are no dead letters.'] : table([['HAPPENED', 'TYPE', 'SUBJECT', 'WHY'], ...rows]),
    ...(letters.length > 0 && { next: `npx countersign site push ${site.name} --retry` }),
  }
}

async function retry(registry: PushRegistry, site: Site): Promise<Report> {
  const count = await registry.retry(OPERATOR, site)
  return { data: { retried: count }, lines: [`${count} dead letters of ${site.name} are delivered again.`] }
}

function letterFields({ id, type, event, subject, at, deadAt, failure }: NamedLetter) {
  return { id, type, event, subject, at: iso(at), dead_at: iso(deadAt), failure }
}

function fields(target: PushTarget | undefined, stream: SecurityStream | undefined) {
  return {
    address: target
      ? {
          url: target.url,
          allow_private: target.allowPrivate,
          own_authority: target.anchors !== null,
          authorization: target.authorization !== null,
        }
      : null,
    stream: stream ? { delivery: stream.delivery, status: stream.status } : null,
  }
}
