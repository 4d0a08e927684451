import t from 'tap'
import type { Outcome } from '../../../src/domain/inquiry.ts'
import { IdentityError } from '../../../src/errors.ts'
import { Metrics } from '../../../src/http/ops/metrics.ts'

t.test('verdicts are counted by verdict and reason, refusals by code', async (t) => {
  const metrics = new Metrics(() => 7)
  const outcomes: Outcome[] = [
    answer({ verdict: 'valid', validatedAt: 1, expiresAt: 2 }),
    answer({ verdict: 'valid', validatedAt: 1, expiresAt: 2 }),
    answer({ verdict: 'needs-revalidation', reason: 'max-age' }),
    answer({ verdict: 'revoked', reason: 'key-compromise', revokedAt: 1 }),
    answer({ verdict: 'missing', reason: 'unknown' }),
    new IdentityError('return-to-refused', ''),
  ]
  for (const outcome of outcomes) metrics.count(outcome)
  const text = await metrics.registry.metrics()
  for (const line of [
    'countersign_verdicts_total{verdict="valid",reason=""} 2',
    'countersign_verdicts_total{verdict="needs-revalidation",reason="max-age"} 1',
    'countersign_verdicts_total{verdict="revoked",reason="key-compromise"} 1',
    'countersign_verdicts_total{verdict="missing",reason="unknown"} 1',
    'countersign_verdicts_total{verdict="refused",reason="return-to-refused"} 1',
    'countersign_states_in_memory 7',
  ]) {
    t.ok(text.includes(`${line}\n`), line)
  }
  t.match(text, 'process_cpu_seconds_total')
})

t.test('a second scrape counts nothing twice', async (t) => {
  const metrics = new Metrics(() => 0)
  metrics.count(answer({ verdict: 'missing', reason: 'no-certificate' }))
  await metrics.registry.metrics()
  t.match(await metrics.registry.metrics(), 'countersign_verdicts_total{verdict="missing",reason="no-certificate"} 1\n')
})

function answer(verdict: Exclude<Outcome, Error>['verdict']): Outcome {
  return { verdict, subject: null, redirect: null }
}
