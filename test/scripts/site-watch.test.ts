import { createInterface } from 'node:readline'
import t, { type Test } from 'tap'
import { figuresBetween, readMetrics } from '../../scripts/service-figures.ts'
import { countersign, ended, type Json, spawnCommand } from '../e2e/cli.ts'
import { startService, type TestService } from '../e2e/service.ts'
import { AskingService } from '../e2e/site-service.ts'

t.test('figures between two looks', async (t) => {
  const before = readMetrics(metrics({ shop: 5, bank: 100 }, [0, 0, 0], 1), 'shop', 1_000)
  const after = readMetrics(metrics({ shop: 25, bank: 900 }, [50, 99, 100], 2), 'shop', 3_000)
  const { verdicts, p50, p99, streams } = figuresBetween(before, after)
  t.same(verdicts, { valid: 10, 'needs-revalidation': 0, revoked: 0, missing: 0 }, 'this site’s alone, in a second')
  t.equal(p50?.toFixed(6), '1.000000')
  t.equal(p99?.toFixed(6), '10.000000')
  t.equal(streams, 2)
  const all = readMetrics(metrics({ shop: 25, bank: 900 }, [50, 99, 100], 2), undefined, 3_000)
  t.equal(all.verdicts.valid, 925)
  t.match(figuresBetween(after, after), { p50: null, p99: null }, 'nobody asked')
  const beyond = readMetrics(metrics({ shop: 5 }, [0, 0, 10], 0), 'shop', 3_000)
  t.equal(figuresBetween(before, beyond).p50, 10, 'beyond the last bound')
  const anew = readMetrics(metrics({ shop: 4 }, [0, 0, 0], 0), 'shop', 5_000)
  t.equal(figuresBetween(after, anew).verdicts.valid, 2, 'a service that began anew counts from zero')
})

/** @param within how many answers took 1 ms at most, 10 ms, and longer */
function metrics(valid: Readonly<Record<string, number>>, within: readonly number[], streams: number): string {
  return [
    '# HELP countersign_event_streams Streams',
    `countersign_event_streams ${streams}`,
    ...Object.entries(valid).map(
      ([site, count]) => `countersign_site_verdicts_total{site="${site}",verdict="valid"} ${count}`,
    ),
    ...['0.001', '0.01', '+Inf'].map((bound, i) => `countersign_verdict_seconds_bucket{le="${bound}"} ${within[i]}`),
    '',
  ].join('\n')
}

t.test('beside a service that is asked', async (t) => {
  const service = await startService(t)
  const place = { settings: { ...service.place.settings, COUNTERSIGN_OPS_URL: service.address('ops') } }
  const site = new AskingService(service, service.identity('site'))
  t.teardown(() => site.agent.destroy())
  const { fingerprint } = (await firstBrowser(service)) as { fingerprint: string }

  await t.test('it sees what is answered, to whom, and what was revoked', async (t) => {
    const stop = askAllTheWhile(t, site, fingerprint)
    const seen = await looks(t, place, ['site', 'watch', 'sample', '--every', '0.3', '--json'], async (look) => {
      if (Number((look.verdicts_per_second as Json).valid) > 0) await service.administer(`/${fingerprint}/hold`)
      return Number((look.verdicts_per_second as Json).revoked) > 0
    })
    await stop()
    t.match(seen, { site: 'sample', streams: 0, revocations: [{ action: 'certificate-held', fingerprint }] })
    t.ok(Number(seen.p99_ms) >= Number(seen.p50_ms) && Number(seen.p50_ms) > 0)
  })

  await t.test('one look, as a line', async (t) => {
    const { code, stdout, stderr } = await countersign(place, 'site', 'watch', '--once', '--every', '0.1')
    t.equal(code, 0, stderr)
    t.match(stdout, /^\d\d:\d\d:\d\d {2}valid \d+\.\d\/s .* p50 .* p99 .* streams 0\n$/)
  })

  await t.test('what cannot be watched', async (t) => {
    for (const args of [['nobody'], ['--every', '0'], ['--every', 'often']])
      t.match(await countersign(place, 'site', 'watch', ...args), { code: 1, stdout: '' })
    await service.stop()
    t.match(await countersign(place, 'site', 'watch'), { code: 1, stdout: '', stderr: /does not answer/ })
  })
})

/** Reads one look after the other until one is enough, then ends the command as Ctrl-C does. */
async function looks(
  t: Test,
  place: { settings: Readonly<Record<string, string>> },
  args: readonly string[],
  isEnough: (look: Json) => Promise<boolean>,
): Promise<Json> {
  const child = spawnCommand(place, args)
  t.teardown(() => child.kill('SIGKILL'))
  for await (const line of createInterface(child.stdout!)) {
    const look = JSON.parse(line) as Json
    if (!(await isEnough(look))) continue
    child.kill('SIGINT')
    await ended(child)
    t.equal(child.exitCode, 0, 'Ctrl-C ends it well')
    return look
  }
  throw new Error('it ended by itself')
}

function askAllTheWhile(t: Test, site: AskingService, fingerprint: string): () => Promise<void> {
  let going = true
  const asking = (async () => {
    while (going) await site.byFingerprint(fingerprint)
  })()
  const stop = async (): Promise<void> => {
    going = false
    await asking
  }
  t.teardown(stop)
  return stop
}

async function firstBrowser(service: TestService): Promise<Json> {
  const { data } = await service.command('cert', 'list', '--profile', 'browser')
  return (data.certificates as readonly Json[])[0]!
}
