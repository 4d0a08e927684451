import t from 'tap'
import type { Store } from '../../../src/domain/store.ts'
import { RefusalNotes } from '../../../src/http/admin/refusal-notes.ts'

t.test('a refused certificate that knocks without end is noted once a minute', async (t) => {
  const { notes, clock, noted } = open()
  for (let i = 0; i < 100; i++) await notes.note('aa', '/v1/certificates')
  t.strictSame(noted(), ['aa'])
  clock.time += 59_999
  await notes.note('aa', '/v1/certificates')
  t.equal(noted().length, 1)
  clock.time += 1
  await notes.note('aa', '/v1/certificates')
  t.strictSame(noted(), ['aa', 'aa'])
  await notes.note('bb', '/v1/certificates')
  await notes.note(undefined, '/v1/certificates')
  t.strictSame(noted(), ['aa', 'aa', 'bb', 'no-certificate'], 'each for itself')
})

t.test('what is remembered has an end; the oldest is forgotten', async (t) => {
  const { notes, noted } = open()
  for (let i = 0; i < 1_001; i++) await notes.note(`${i}`, '/')
  await notes.note('1000', '/')
  t.equal(noted().length, 1_001)
  await notes.note('0', '/')
  t.equal(noted().length, 1_002)
})

t.test('a row that could not be written is written at the next refusal', async (t) => {
  const { notes, noted, store } = open()
  store.down = true
  await t.rejects(notes.note('aa', '/'))
  store.down = false
  await notes.note('aa', '/')
  t.strictSame(noted(), ['aa'])
})

function open() {
  const clock = { time: 1_000_000, now: () => clock.time }
  const rows: { object: string }[] = []
  const store = { down: false }
  const run = async (_name: string, event: { object: string }): Promise<void> => {
    if (store.down) throw new Error('down')
    rows.push(event)
  }
  const notes = new RefusalNotes({ run: run as unknown as Store['run'] }, clock)
  return { notes, clock, store, noted: () => rows.map(({ object }) => object) }
}
