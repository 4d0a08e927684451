import t from 'tap'
import { Offline } from '../../src/client/offline.ts'
import { readVerdict, type ValidVerdict } from '../../src/client/verdict.ts'
import { until } from '../ca/until.ts'
import { SUBJECT, VALID } from './fake-service.ts'
import { endable } from './somebody.ts'

const [LAPTOP, PHONE] = ['a', 'b'] as const
const VERDICT = readVerdict(VALID) as ValidVerdict

t.test('what was signed holds to its end, and for a proof that is fresh enough', async (t) => {
  const { offline, keep } = open()
  t.equal(offline.find(LAPTOP, undefined), undefined)
  keep(LAPTOP, 60_000, -50_000)
  t.equal(offline.find(LAPTOP, undefined), VERDICT)
  t.equal(offline.find(LAPTOP, 60), VERDICT)
  t.equal(offline.find(LAPTOP, 40), undefined)
  t.equal(offline.find(PHONE, undefined), undefined)
  keep(LAPTOP, 20)
  await until(() => !offline.find(LAPTOP, undefined))
})

t.test('a machine that slept: what was signed ends by its clock, too, which went on', async (t) => {
  const { offline, keep } = open()
  keep(LAPTOP, 60_000)
  const { now } = Date
  t.teardown(() => {
    Date.now = now
  })
  Date.now = () => now() + 59_000
  t.equal(offline.find(LAPTOP, undefined), VERDICT)
  Date.now = () => now() + 3_600_000
  t.equal(offline.find(LAPTOP, undefined), undefined)
})

t.test('a connection ends with the verdict, and not before a later one ends', async (t) => {
  const { offline, keep, connection } = open()
  keep(LAPTOP, 20)
  const first = connection()
  offline.attach(LAPTOP, first)
  offline.attach(LAPTOP, first)
  keep(LAPTOP, 150)
  const began = performance.now()
  await until(() => first.ended)
  t.ok(performance.now() - began > 100)
  offline.attach(PHONE, first)
})

t.test('whose holder is judged by then keeps it; who has gone is not ended', async (t) => {
  const { offline, keep, connection, judged } = open()
  keep(LAPTOP, 20)
  keep(PHONE, 20)
  const [kept, gone, ended] = [connection(), connection(), connection()]
  judged.add(kept)
  for (const one of [kept, gone]) offline.attach(LAPTOP, one)
  offline.attach(PHONE, ended)
  gone.emit('close')
  await until(() => ended.ended)
  t.equal(kept.ended, false)
  t.equal(gone.ended, false, 'it may be somebody else’s by now')
})

t.test('who was told of, dropped or cleared is let in no more, and is ended', async (t) => {
  for (const end of [
    (offline: Offline) => offline.forget(SUBJECT),
    (offline: Offline) => offline.drop(LAPTOP),
    (offline: Offline) => offline.clear(),
  ]) {
    const { offline, keep, connection } = open()
    keep(LAPTOP, 60_000)
    const mine = connection()
    offline.attach(LAPTOP, mine)
    offline.forget('somebody else')
    offline.drop(PHONE)
    t.equal(mine.ended, false)
    end(offline)
    t.equal(mine.ended, true)
    t.equal(offline.find(LAPTOP, undefined), undefined)
  }
})

t.test('who is judged again since then is not ended by what is told: he is asked about', async (t) => {
  for (const end of [(offline: Offline) => offline.forget(SUBJECT), (offline: Offline) => offline.clear()]) {
    const { offline, keep, connection, judged } = open()
    keep(LAPTOP, 60_000)
    const [known, unknown] = [connection(), connection()]
    for (const one of [known, unknown]) offline.attach(LAPTOP, one)
    judged.add(known)
    end(offline)
    t.same([known.ended, unknown.ended], [false, true])
    t.equal(offline.find(LAPTOP, undefined), undefined)
  }
})

t.test('so many and no more', async (t) => {
  const { offline, keep } = open()
  for (let number = 0; number < 5; number++) keep(`person ${number}`, 60_000)
  t.equal(offline.find('person 0', undefined), undefined)
  t.ok(offline.find('person 4', undefined))
})

function open() {
  const judged = new Set<unknown>()
  const offline = new Offline(3, (_fingerprint, connection) => judged.has(connection))
  const keep = (fingerprint: string, left: number, proven = 0): void => {
    const now = performance.now()
    offline.keep(fingerprint, { verdict: VERDICT, until: now + left, provenAt: now + proven })
  }
  return { offline, keep, connection: endable, judged }
}
