import type { Test } from 'tap'
import { freshStores, type MakeDatabase } from '../engine.ts'
import { act, addSite, enroll, enrollment, fresh, invite, issue, NOW, walk } from '../samples.ts'

/** Parallel uses of one thing, half of them on another node. */
const RACERS = 50

export async function racesContract(t: Test, make: MakeDatabase): Promise<void> {
  const [, one, two] = await freshStores(t, make, 2)
  const race = <R>(run: (store: NonNullable<typeof one>, racer: number) => Promise<R>) =>
    Promise.all(Array.from({ length: RACERS }, (_, racer) => run((racer % 2 === 0 ? one : two)!, racer)))
  const shop = await addSite(one!)

  await t.test('one invitation makes one subscriber', async (t) => {
    const tokenHash = await invite(one!)
    const asked = Array.from({ length: RACERS }, () => enrollment(tokenHash))
    const answers = await race((store, racer) => store.run('accept', act(), asked[racer]!))
    t.equal(answers.filter((answer) => answer === 'reserved').length, 1)
    t.equal(answers.filter((answer) => answer === 'invitation-unusable').length, RACERS - 1)
    const made = await Promise.all(asked.map(({ subscriberId }) => two!.subscriber(subscriberId)))
    t.equal(made.filter(Boolean).length, 1)
  })

  await t.test('one ticket is spent once', async (t) => {
    const enrolled = await enroll(one!)
    const ticketId = fresh()
    const answers = await race((store, racer) =>
      store.run('walk', act(), walk(enrolled, shop.id, 1 + racer, { ticketId })),
    )
    t.equal(answers.filter((answer) => answer === 'passed').length, 1)
    t.equal(answers.filter((answer) => answer === 'ticket-spent').length, RACERS - 1)
  })

  await t.test('one time step passes once', async (t) => {
    const enrolled = await enroll(one!)
    const answers = await race((store) => store.run('walk', act(), walk(enrolled, shop.id, 1)))
    t.equal(answers.filter((answer) => answer === 'passed').length, 1)
    t.equal(answers.filter((answer) => answer === 'proof-used').length, RACERS - 1)
  })

  await t.test('no guess more than the limit', async (t) => {
    const key = fresh()
    const answers = await race((store) => store.run('guess', key, NOW, 5))
    t.equal(answers.filter((answer) => answer === 'allowed').length, 5)
  })

  await t.test('one revocation is the first', async (t) => {
    const { fingerprint } = await issue(one!)
    const answers = await race((store) => store.run('revoke', act(), fingerprint, 'superseded'))
    t.equal(answers.filter((answer) => answer === 'revoked').length, 1)
  })

  await t.test('one name is taken once', async (t) => {
    const answers = await race((store) => store.run('addSite', act(), { ...shop, id: fresh(), name: 'raced' }))
    t.equal(answers.filter((answer) => answer === 'added').length, 1)
  })
}
