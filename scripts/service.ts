import { setFlagsFromString } from 'node:v8'
import { pino } from 'pino'
import { LISTENERS, type ListenerName } from '../src/config.ts'
import { type Service, startService } from '../src/main.ts'
import { assignPorts } from '../src/ports.ts'
import { isWorker } from '../src/workers.ts'
import { type DevHome, ensureDevHome } from './dev-home.ts'
import { configHere } from './home.ts'
import { type ReportOptions, table } from './report.ts'

export interface ServeOptions extends ReportOptions {
  readonly dev?: boolean
}

/**
 * After a spell of slow answers V8 takes the parts of a request for long-lived, and makes them in the old generation from
 * then on; each keeps its whole request alive until the next full collection. Under questions spread over many
 * certificates a verdict then takes a third longer.
 */
const REQUESTS_ARE_SHORT_LIVED = '--no-allocation-site-pretenuring'

/** Starts the service of this shell's configuration, says where it answers, and ends it at a signal. */
export async function serve(options: ServeOptions): Promise<void> {
  setFlagsFromString(REQUESTS_ARE_SHORT_LIVED)
  const config = await assignPorts(configHere({ dev: options.dev ?? false, quiet: true }))
  const sample = options.dev && !isWorker() ? await ensureDevHome(config) : undefined
  // To standard error, so that standard output stays the answer to the command.
  const log = pino(
    { level: process.env.LOG_LEVEL ?? 'info', base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ fd: 2, sync: true }),
  )
  const service = await startService(config, log).catch(giveUp)
  endOnSignals(service)
  if (!isWorker()) announce(service, sample, options)
}

/** A request process is kept alive by its channel to the one that started it, which waits for it to serve or to end. */
function giveUp(error: unknown): never {
  if (isWorker()) process.disconnect()
  throw error
}

const PURPOSES: Readonly<Record<ListenerName, string>> = {
  api: 'services of sites ask here',
  portal: 'people set up their devices',
  signon: 'people show their certificates, and have their accounts',
  admin: 'operators',
  pki: "issuers' certificates and revocation lists",
  ops: 'readiness and metrics',
}

function announce({ config }: Service, sample: DevHome | undefined, { json }: ReportOptions): void {
  const addresses = LISTENERS.map((name) => [name, config.listeners[name].url] as const)
  if (json) {
    process.stdout.write(
      `${JSON.stringify({ home: config.home, listeners: Object.fromEntries(addresses), ...sample?.fields })}\n`,
    )
    return
  }
  const lines = [
    '',
    'Countersign is ready.',
    '',
    ...table(addresses.map(([name, url]) => [name, url, PURPOSES[name]])).map((line) => `  ${line}`),
    '',
    ...(sample?.hints ?? []),
    'Ctrl-C ends it.',
    '',
  ]
  process.stdout.write(lines.join('\n'))
}

/** Whoever still drains then is cut off. */
const DRAIN_WITHIN = 1_800

/** A terminal tells every process of the group, and npm tells once more: only the first signal counts, and only in the process that leads. */
function endOnSignals(service: Service): void {
  let ending = false
  const end = (): void => {
    if (ending) return
    ending = true
    setTimeout(() => process.exit(1), DRAIN_WITHIN).unref()
    service.close().then(
      () => process.exit(0),
      () => process.exit(1),
    )
  }
  process.on('SIGINT', isWorker() ? () => {} : end)
  process.on('SIGTERM', end)
}
