// Long because: each test is one race between a verdict and what is told meanwhile.
import { EventEmitter } from 'node:events'
import t from 'tap'
import { type ApiQuestion, TOKEN } from '../../src/client/api.ts'
import { type Ended, Judging, shownBy } from '../../src/client/judging.ts'
import type { ValidVerdict } from '../../src/client/verdict.ts'
import { until } from '../ca/until.ts'
import { REVOKED, type Said, STALE, SUBJECT, VALID } from './fake-service.ts'
import { READING, signed, validAnswer } from './signing.ts'
import { endable } from './somebody.ts'

const LAPTOP = shownBy(Uint8Array.of(0x30, 0))
const KEEP = 60_000
const HELD = { event: 'held', subject: SUBJECT, at: new Date() }

t.test('a verdict is kept while the stream is fresh, and asked for when it is not', async (t) => {
  const { judging, stream, asked } = open()
  t.equal(judging.known(LAPTOP, undefined), undefined)
  await judging.judge(LAPTOP, {})
  t.match(judging.known(LAPTOP, undefined), { verdict: 'valid', subject: SUBJECT })
  stream.provenAt = performance.now() - 1_001
  t.equal(judging.known(LAPTOP, undefined), undefined)
  stream.provenAt = performance.now() - 500
  t.ok(judging.known(LAPTOP, undefined))
  t.equal(asked.length, 1)
})

t.test('what nobody will tell of is not kept', async (t) => {
  const { judging, stream } = open()
  stream.follows = false
  await judging.judge(LAPTOP, {})
  stream.follows = true
  t.equal(judging.known(LAPTOP, undefined), undefined)
  const without = new Judging({ ...open().options, listening: () => undefined })
  await without.judge(LAPTOP, {})
  t.equal(without.known(LAPTOP, undefined), undefined)
})

t.test('a kept verdict ends with its time, its certificate, and the proof that a request wants', async (t) => {
  const soon = (ms: number) => new Date(Date.now() + ms).toISOString()
  const brief = open({ keep: 30 })
  await brief.judging.judge(LAPTOP, {})
  t.ok(brief.judging.known(LAPTOP, undefined))
  await until(() => !brief.judging.known(LAPTOP, undefined))
  const ending = open()
  ending.says({ ...VALID, expires_at: soon(0) })
  await ending.judging.judge(LAPTOP, {})
  t.equal(ending.judging.known(LAPTOP, undefined), undefined, 'the service’s time is to the second')
  const proven = open()
  proven.says({ ...VALID, validated_at: soon(-60_000) })
  await proven.judging.judge(LAPTOP, {})
  t.ok(proven.judging.known(LAPTOP, 63))
  t.equal(proven.judging.known(LAPTOP, 60), undefined)
  const undated = open()
  undated.dateless()
  await undated.judging.judge(LAPTOP, {})
  t.equal(undated.judging.known(LAPTOP, undefined), undefined)
})

t.test('what was signed serves without the service, until something is told or learned of the person', async (t) => {
  const ways: Readonly<Record<string, (scene: ReturnType<typeof open>) => unknown>> = {
    'an event': ({ judging }) => judging.heard(HELD),
    'a reset': ({ judging }) => judging.reset(),
    'an answer': ({ judging, says }) => {
      says(STALE)
      return judging.judge(LAPTOP, {})
    },
  }
  for (const [what, happens] of Object.entries(ways)) {
    const scene = open()
    const { judging } = scene
    await judging.judge(LAPTOP, {})
    t.equal(judging.withoutService(LAPTOP.fingerprint, undefined), undefined, 'not signed')
    await judging.judge(LAPTOP, { offline: true })
    t.match(judging.withoutService(LAPTOP.fingerprint, undefined), { subject: SUBJECT })
    t.equal(judging.withoutService(LAPTOP.fingerprint, 30), undefined, 'the proof is a minute old')
    const connection = endable()
    judging.attachWithoutService(LAPTOP.fingerprint, connection)
    await happens(scene)
    t.equal(judging.withoutService(LAPTOP.fingerprint, undefined), undefined, what)
    await until(() => connection.ended)
  }
})

t.test('what was told while it was being signed makes it void', async (t) => {
  const { judging, onAsk } = open()
  let told = 0
  onAsk(() => {
    told += 1
    void judging.heard(HELD)
  })
  await t.rejects(judging.judge(LAPTOP, { offline: true }), { code: 'unavailable' })
  t.ok(told >= 3)
  t.equal(judging.withoutService(LAPTOP.fingerprint, undefined), undefined)
})

t.test('that nothing can be learned of him ends his connections, and not what was signed', async (t) => {
  const { judging, says, stream } = open()
  await judging.judge(LAPTOP, { offline: true })
  const connection = endable()
  judging.attach({ ...LAPTOP }, judging.known(LAPTOP, undefined)!, connection)
  says(undefined)
  stream.provenAt = performance.now() - 2_000
  await judging.watch()
  t.equal(connection.ended, true)
  t.match(judging.withoutService(LAPTOP.fingerprint, undefined), { subject: SUBJECT })
})

t.test('who is known by his connection is so no longer once something is told of him', async (t) => {
  const { judging, says } = open()
  const shown = { ...LAPTOP }
  judging.attach(shown, (await judging.judge(shown, {})) as ValidVerdict, endable())
  t.equal(shown.holder?.subject, SUBJECT)
  t.ok(judging.known(shown, undefined))
  says(REVOKED)
  const heard = judging.heard(HELD)
  t.equal(judging.known(shown, undefined), undefined, 'at once')
  await heard
  t.equal(judging.known(shown, undefined), undefined)
  const closed = { ...LAPTOP }
  says(VALID)
  judging.attach(closed, (await judging.judge(closed, {})) as ValidVerdict, { ...endable(), destroyed: true })
  t.equal(closed.holder, undefined, 'a connection that has closed already ends with nobody')
})

t.test('two identities in one process: who is known to one by his connection is not known to the other', async (t) => {
  const [a, b] = [open(), open()]
  const shown = { ...LAPTOP }
  const [lineOfA, lineOfB] = [endable(), endable()]
  a.judging.attach(shown, (await a.judging.judge(shown, {})) as ValidVerdict, lineOfA)
  t.ok(a.judging.isAttached(shown))
  t.notOk(b.judging.isAttached(shown))
  t.equal(b.judging.known(shown, undefined), undefined)
  b.judging.attach(shown, (await b.judging.judge(shown, {})) as ValidVerdict, lineOfB)
  t.ok(a.judging.known(shown, undefined))
  for (const { says, judging } of [a, b]) {
    says(REVOKED)
    await judging.heard(HELD)
    t.equal(judging.known(shown, undefined), undefined)
  }
  t.ok(lineOfA.ended)
  t.ok(lineOfB.ended)
})

t.test(
  'who must prove himself again is told so on the connection on which he was let in without the service',
  async (t) => {
    const { judging, says } = open()
    const shown = { ...LAPTOP }
    const line = endable()
    await judging.judge(shown, { offline: true })
    judging.attachWithoutService(shown.fingerprint, line)
    says(STALE)
    t.match(await judging.judge(shown, {}), { verdict: 'needs-revalidation' })
    t.notOk(line.ended, 'the answer goes out on it')
    t.equal(judging.withoutService(shown.fingerprint, undefined), undefined)
    await until(() => line.ended)
  },
)

t.test('whoever is not valid is asked about each time', async (t) => {
  const { judging, says, asked } = open()
  for (const said of [STALE, REVOKED, { verdict: 'missing', reason: 'unknown' }]) {
    says(said)
    t.match(await judging.judge(LAPTOP, {}), { verdict: said.verdict })
    t.equal(judging.known(LAPTOP, undefined), undefined)
  }
  t.equal(asked.length, 3)
})

t.test('once something is told, no older verdict is used: neither a kept one nor one on its way', async (t) => {
  const { judging, says, hold, asked } = open()
  await judging.judge(LAPTOP, {})
  says(REVOKED)
  const heard = judging.heard(HELD)
  t.equal(judging.known(LAPTOP, undefined), undefined, 'at once')
  await heard

  says(VALID)
  const go = hold()
  const asking = judging.judge(LAPTOP, {})
  says(REVOKED)
  await judging.heard(HELD)
  go()
  t.match(await asking, { verdict: 'revoked' }, 'the answer that said valid was older than the news')
  t.equal(judging.known(LAPTOP, undefined), undefined)

  says(VALID)
  const later = hold()
  const another = judging.judge(LAPTOP, {})
  await judging.reset()
  later()
  const before = asked.length
  t.match(await another, { verdict: 'valid' })
  t.equal(asked.length, before + 1, 'asked again')
})

t.test('who changes faster than can be asked is not let in', async (t) => {
  const { judging, onAsk } = open()
  onAsk(() => void judging.heard(HELD))
  await t.rejects(judging.judge(LAPTOP, {}), { code: 'unavailable' })
})

t.test('a thousand tellings behind one question: it is asked again', async (t) => {
  const { judging, hold, asked } = open()
  const go = hold()
  const asking = judging.judge(LAPTOP, {})
  for (let other = 0; other <= 1_000; other++) await judging.heard({ ...HELD, subject: String(other) })
  go()
  t.match(await asking, { verdict: 'valid' })
  t.equal(asked.length, 2)
})

t.test('what is told of somebody else changes nothing', async (t) => {
  const { judging } = open()
  await judging.judge(LAPTOP, {})
  await judging.heard({ ...HELD, subject: 'somebody else' })
  t.ok(judging.known(LAPTOP, undefined))
})

for (const [what, said, ends] of [
  ['revoked', REVOKED, true],
  ['nobody', { verdict: 'missing', reason: 'unknown' }, true],
  ['another subject', { ...VALID, subject: 'another' }, true],
  ['no answer', undefined, true],
  ['no verdict', { code: 'internal' }, true],
  ['still valid', VALID, false],
  ['to prove himself again', STALE, false],
] as const) {
  t.test(`who turns out to be ${what} ${ends ? 'loses' : 'keeps'} his connections`, async (t) => {
    const { judging, says, ended } = open()
    const line = new Line()
    judging.attach({ ...LAPTOP }, (await judging.judge(LAPTOP, {})) as ValidVerdict, line)
    says(said)
    await judging.heard(HELD)
    t.equal(line.ended, ends)
    t.equal(ended.length, ends ? 1 : 0)
    if (ends) t.match(ended, [{ fingerprint: LAPTOP.fingerprint, subject: SUBJECT }])
  })
}

t.test('a reset judges everybody anew', async (t) => {
  const { judging, says } = open()
  const line = new Line()
  judging.attach({ ...LAPTOP }, (await judging.judge(LAPTOP, {})) as ValidVerdict, line)
  says(REVOKED)
  await judging.reset()
  t.ok(line.ended)
})

t.test('while the stream is old, who has a connection is judged by asking', async (t) => {
  const { judging, stream, says, asked } = open()
  const line = new Line()
  judging.attach({ ...LAPTOP }, (await judging.judge(LAPTOP, {})) as ValidVerdict, line)
  await judging.watch()
  t.equal(asked.length, 1, 'it is fresh')
  stream.provenAt = performance.now() - 5_000
  await Promise.all([judging.watch(), judging.watch()])
  t.equal(asked.length, 2, 'once at a time')
  t.notOk(line.ended)
  says(REVOKED)
  await judging.watch()
  t.ok(line.ended)
})

class Line extends EventEmitter {
  ended = false

  destroy(): void {
    this.ended = true
    this.emit('close')
  }
}

function open({ keep = KEEP } = {}) {
  const stream = { follows: true, provenAt: performance.now() }
  const asked: string[] = []
  const ended: Ended[] = []
  let said: Said | undefined = VALID
  let gate: Promise<void> | undefined
  let dated = true
  let onAsk = (): void => {}
  const api = {
    ask: async (path: string, { body, accept }: ApiQuestion = {}) => {
      asked.push(path)
      const sentAt = performance.now()
      const answer = said
      if (!path.endsWith('batch')) await gate
      onAsk()
      if (!answer) throw new Error('away')
      const queries = path.endsWith('batch') ? (JSON.parse(String(body)) as { queries: object[] }).queries : []
      const json = path.endsWith('batch') ? { answers: queries.map(() => answer) } : answer
      const token = accept === TOKEN ? await signed(LAPTOP.fingerprint, validAnswer()) : undefined
      return { json, token, date: dated ? Math.floor(Date.now() / 1_000) * 1_000 : undefined, sentAt }
    },
  }
  const options = {
    api,
    listening: () => stream,
    reading: () => READING,
    newReading: async () => undefined,
    bound: 1_000,
    keep,
    capacity: 100,
    ended: (one: Ended) => void ended.push(one),
  }
  const hold = (): (() => void) => {
    const { promise, resolve } = Promise.withResolvers<void>()
    gate = promise
    return () => {
      gate = undefined
      resolve()
    }
  }
  const says = (next: Said | undefined): void => {
    said = next
  }
  const dateless = (): void => {
    dated = false
  }
  const setOnAsk = (next: () => void): void => {
    onAsk = next
  }
  return { judging: new Judging(options), options, stream, asked, ended, says, hold, dateless, onAsk: setOnAsk }
}
