import t from 'tap'
import { Alarm } from '../../ca/alarm.ts'

t.test('a ring cuts the wait short', async (t) => {
  const alarm = new Alarm()
  const waiting = alarm.wait(3_600_000)
  alarm.ring()
  await waiting
  t.pass()
})

t.test('a ring while nobody waits is kept, once', async (t) => {
  const alarm = new Alarm()
  alarm.ring()
  alarm.ring()
  await alarm.wait(3_600_000)
  let woken = false
  const second = alarm.wait(3_600_000).then(() => {
    woken = true
  })
  await new Promise((resolve) => setImmediate(resolve))
  t.equal(woken, false)
  alarm.ring()
  await second
})

t.test('time passes', async (t) => {
  const start = performance.now()
  await new Alarm().wait(20)
  t.ok(performance.now() - start >= 15)
})
