import { EventEmitter } from 'node:events'
import type { ServerResponse } from 'node:http'
import t from 'tap'
import type { Outcome } from '../../../src/domain/verdict/inquiry.ts'
import { IdentityError } from '../../../src/errors.ts'
import { Metrics } from '../../../src/http/ops/metrics.ts'
import { eventually } from '../../e2e/eventually.ts'

const NOTHING = { held: () => 0, streams: () => 0 }

t.test('verdicts are counted by verdict and reason, refusals by code', async (t) => {
  const metrics = new Metrics({ held: () => 7, streams: () => 3 })
  const outcomes: Outcome[] = [
    answer({ verdict: 'valid', validatedAt: 1, expiresAt: 2 }),
    answer({ verdict: 'valid', validatedAt: 1, expiresAt: 2 }),
    answer({ verdict: 'needs-revalidation', reason: 'max-age' }),
    answer({ verdict: 'revoked', reason: 'key-compromise', revokedAt: 1 }),
    answer({ verdict: 'missing', reason: 'unknown' }),
    new IdentityError('return-to-refused', ''),
  ]
  for (const outcome of outcomes) metrics.count(outcome, 'shop')
  const text = await metrics.registry.metrics()
  for (const line of [
    'countersign_verdicts_total{verdict="valid",reason=""} 2',
    'countersign_verdicts_total{verdict="needs-revalidation",reason="max-age"} 1',
    'countersign_verdicts_total{verdict="revoked",reason="key-compromise"} 1',
    'countersign_verdicts_total{verdict="missing",reason="unknown"} 1',
    'countersign_verdicts_total{verdict="refused",reason="return-to-refused"} 1',
    'countersign_site_verdicts_total{site="shop",verdict="valid"} 2',
    'countersign_site_verdicts_total{site="shop",verdict="missing"} 1',
    'countersign_states_in_memory 7',
    'countersign_event_streams 3',
  ]) {
    t.ok(text.includes(`${line}\n`), line)
  }
  t.match(text, 'process_cpu_seconds_total')
})

t.test('a second scrape counts nothing twice', async (t) => {
  const metrics = new Metrics(NOTHING)
  metrics.count(answer({ verdict: 'missing', reason: 'no-certificate' }), 'shop')
  await metrics.registry.metrics()
  t.match(await metrics.registry.metrics(), 'countersign_verdicts_total{verdict="missing",reason="no-certificate"} 1\n')
})

t.test('however many sites ask, the figures stay bounded', async (t) => {
  const metrics = new Metrics(NOTHING)
  const asked = 1_200
  for (let site = 0; site < asked; site++)
    metrics.count(answer({ verdict: 'missing', reason: 'unknown' }), `site-${site}`)
  const lines = (await metrics.registry.metrics())
    .split('\n')
    .filter((line) => line.startsWith('countersign_site_verdicts_total') && line.includes('"missing"'))
  t.ok(lines.length <= 1_001)
  const sum = lines.reduce((all, line) => all + Number(line.split(' ')[1]), 0)
  t.equal(sum, asked, 'none is lost')
})

t.test('some answers are timed in each moment, and not all', async (t) => {
  const metrics = new Metrics(NOTHING)
  const timed = async () => /countersign_verdict_seconds_count (\d+)/.exec(await metrics.registry.metrics())?.[1]
  const answerAll = (many: number): void => {
    for (let index = 0; index < many; index++) {
      const res = new EventEmitter() as ServerResponse
      metrics.time(res)
      res.emit('finish')
    }
  }
  answerAll(100)
  t.equal(await timed(), '10')
  await eventually(
    () => {
      answerAll(1)
      return timed()
    },
    (count) => count === '11',
  )
})

function answer(verdict: Exclude<Outcome, Error>['verdict']): Outcome {
  return { verdict, subject: null, redirect: null }
}
