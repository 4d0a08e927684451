import t from 'tap'
import { type CheckStep, nextStep, type Situation } from '../../../src/http/signon/check-step.ts'

const CASES: readonly (readonly [Partial<Situation>, CheckStep])[] = [
  [{ answer: 'right' }, { next: 'done' }],
  [{ answer: 'wrong' }, { next: 'use-another' }],
  [{ answer: 'none' }, { next: 'look-again', atOnce: true }],
  [
    { answer: 'none', names: false },
    { next: 'look-again', atOnce: true },
  ],

  [{ tried: 'evicted', answer: 'right' }, { next: 'done' }],
  [{ tried: 'evicted', answer: 'wrong' }, { next: 'use-another' }],
  [{ tried: 'evicted', answer: 'none' }, { next: 'look-again' }],
  [{ tried: 'evicted', answer: 'none', same: true }, { next: 'look-again' }],
  [
    { tried: 'evicted', answer: 'right', same: true },
    { next: 'ask-fresh', remark: 'same' },
  ],
  [
    { tried: 'evicted', answer: 'wrong', same: true },
    { next: 'ask-fresh', remark: 'same' },
  ],
  [
    { tried: 'evicted', answer: 'wrong', same: true, names: false },
    { next: 'use-another', remark: 'restart' },
  ],

  [
    { tried: 'fresh', answer: 'right' },
    { next: 'go-on', remark: 'fresh' },
  ],
  [
    { tried: 'fresh', answer: 'wrong' },
    { next: 'ask-fresh', remark: 'fresh' },
  ],
  [
    { tried: 'fresh', answer: 'right', same: true },
    { next: 'ask-fresh', remark: 'same' },
  ],
  [
    { tried: 'fresh', answer: 'none' },
    { next: 'ask-fresh', remark: 'restart' },
  ],
  [
    { tried: 'fresh', answer: 'none', same: true },
    { next: 'ask-fresh', remark: 'restart' },
  ],

  [{ tried: 'back', answer: 'right', same: true }, { next: 'done' }],
  [
    { tried: 'back', answer: 'right' },
    { next: 'look-again', atOnce: true },
  ],
  [
    { tried: 'back', answer: 'none' },
    { next: 'look-again', atOnce: true },
  ],
  [{ tried: 'last', answer: 'right', same: true }, { next: 'done' }],
  [
    { tried: 'last', answer: 'right' },
    { next: 'look-again', remark: 'restart' },
  ],
  [
    { tried: 'last', answer: 'none' },
    { next: 'look-again', remark: 'restart' },
  ],
]

for (const [given, step] of CASES) {
  t.test(JSON.stringify(given), async (t) => {
    t.strictSame(nextStep({ tried: undefined, answer: 'right', same: false, names: true, ...given }), step)
  })
}

t.test('no step is taken at once twice in a row', async (t) => {
  const all = (['right', 'wrong', 'none'] as const).flatMap((answer) =>
    [true, false].flatMap((same) => [true, false].map((names) => ({ answer, same, names }))),
  )
  for (const situation of all) {
    for (const tried of ['evicted', 'last', 'fresh'] as const)
      t.notOk(nextStep({ ...situation, tried }).atOnce, `${tried} ${JSON.stringify(situation)}`)
  }
})
