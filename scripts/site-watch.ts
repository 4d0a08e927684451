import { setTimeout as pause } from 'node:timers/promises'
import type { Command } from 'commander'
import type { AuditRow } from '../src/domain/audit/audit.ts'
import { createSiteRegistry } from '../src/domain/site/site-registry.ts'
import { IdentityError } from '../src/errors.ts'
import { systemClock } from '../src/system-clock.ts'
import { command } from './command.ts'
import { type OpenHome, withHome } from './home.ts'
import { iso, type ReportOptions } from './report.ts'
import { type Counted, type Figures, figuresBetween, readMetrics, WORDS } from './service-figures.ts'

interface WatchOptions extends ReportOptions {
  readonly every: string
  readonly once?: boolean
}

/** What is shown of one interval. */
interface View extends Figures {
  readonly at: number
  readonly site: string | undefined
  /** the last certificates that were revoked or held, whosever, newest first */
  readonly revocations: readonly AuditRow[]
}

/** `countersign site watch`: what sites are told, as it happens. */
export function siteWatchCommand(): Command {
  return command('watch [SITE]', 'a live view of the verdicts that sites get, or one site', 'site watch shop')
    .argument('[site]', 'verdicts of this site alone; the times and streams are of all')
    .option('--every <seconds>', 'a new look so often', '1')
    .option('--once', 'one look, and no more')
    .action(watch)
}

async function watch(site: string | undefined, options: WatchOptions): Promise<void> {
  const every = Number(options.every)
  if (!(every >= 0.1 && every <= 3_600))
    throw new IdentityError('query-invalid', 'The time between two looks (--every) is 0.1 to 3600 seconds.')
  const show = options.json ? showJson : process.stdout.isTTY && !options.once ? showScreen : showLine
  await withHome(async (home) => {
    if (site !== undefined) await createSiteRegistry({ store: home.store, clock: systemClock }).named(site)
    const ending = untilEnded()
    let before = await look(home, site)
    do {
      await pause(every * 1_000, undefined, { signal: ending }).catch(() => {})
      if (ending.aborted) return
      const after = await look(home, site)
      const revocations = await lastRevocations(home)
      show({ ...figuresBetween(before, after), at: systemClock.now(), site, revocations })
      before = after
    } while (!options.once)
  })
}

/** Ctrl-C, or nobody reads on. */
function untilEnded(): AbortSignal {
  const ending = new AbortController()
  const end = (): void => ending.abort()
  process.once('SIGINT', end).once('SIGTERM', end)
  process.stdout.once('error', end)
  return ending.signal
}

/** @throws IdentityError config-invalid: no service answers */
async function look({ config }: OpenHome, site: string | undefined): Promise<Counted> {
  const { url } = config.listeners.ops
  try {
    const answer = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(2_000) })
    return readMetrics(await answer.text(), site, performance.now())
  } catch (cause) {
    throw new IdentityError('config-invalid', `The service does not answer at ${url}. Start it: npm start`, { cause })
  }
}

/** Rows of the audit that are looked through. */
const PAGE = 1_000
const MOST_SHOWN = 5
const ENDS = ['certificate-revoked', 'certificate-held']

async function lastRevocations({ store }: OpenHome): Promise<readonly AuditRow[]> {
  const { count } = await store.auditHead()
  const rows = await store.auditRows(Math.max(0, count - PAGE), PAGE)
  return rows
    .filter(({ action }) => ENDS.includes(action))
    .slice(-MOST_SHOWN)
    .toReversed()
}

function showJson({ at, site, verdicts, p50, p99, streams, revocations }: View): void {
  const told = {
    at: iso(at),
    site: site ?? null,
    verdicts_per_second: verdicts,
    p50_ms: p50,
    p99_ms: p99,
    streams,
    revocations: revocations.map(({ at, action, object }) => ({ at: iso(at), action, fingerprint: object })),
  }
  process.stdout.write(`${JSON.stringify(told)}\n`)
}

function showLine(view: View): void {
  const rates = WORDS.map((word) => `${word} ${perSecond(view.verdicts[word])}`)
  const times = `p50 ${inMs(view.p50)}  p99 ${inMs(view.p99)}`
  process.stdout.write(`${clock(view.at)}  ${rates.join('  ')}  ${times}  streams ${view.streams}\n`)
}

/** https://invisible-island.net/xterm/ctlseqs/ctlseqs.html: to the upper left, and everything behind it away */
const ANEW = '\x1b[H\x1b[J'
const LONGEST_BAR = 40

function showScreen(view: View): void {
  const most = Math.max(1, ...Object.values(view.verdicts))
  const bars = WORDS.map((word) => {
    const bar = '█'.repeat(Math.ceil((view.verdicts[word] / most) * LONGEST_BAR))
    return `  ${word.padEnd(20)}${perSecond(view.verdicts[word]).padStart(12)}  ${bar}`
  })
  const ended = view.revocations.map((one) => `  ${iso(one.at)}  ${one.action.padEnd(20)}  ${one.object.slice(0, 16)}…`)
  const lines = [
    `${view.site === undefined ? 'All sites' : `Site ${view.site}`}, ${clock(view.at)}`,
    '',
    ...bars,
    '',
    `  half of the answers within ${inMs(view.p50)}, 99 of 100 within ${inMs(view.p99)}`,
    `  streams of events open: ${view.streams}`,
    '',
    'Revoked or held last:',
    ...(ended.length === 0 ? ['  nothing'] : ended),
    '',
    'Ctrl-C ends it.',
  ]
  process.stdout.write(`${ANEW}${lines.join('\n')}\n`)
}

function perSecond(rate: number): string {
  return `${rate.toFixed(1)}/s`
}

function inMs(time: number | null): string {
  return time === null ? '–' : `${time.toFixed(1)} ms`
}

function clock(at: number): string {
  return new Date(at).toTimeString().slice(0, 8)
}
