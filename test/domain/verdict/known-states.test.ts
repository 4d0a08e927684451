import t from 'tap'
import { type KnownState, KnownStates } from '../../../src/domain/verdict/known-states.ts'
import { SHOP } from '../asking.ts'
import { stateWith } from '../verdict-state.ts'

t.test('what was read at the present position is kept, for the asker alone', async (t) => {
  const states = new KnownStates(10)
  const known = knownOf('a')
  states.keepState('shop/web', known, 0)
  t.equal(states.state('a', 'shop/web'), known)
  t.equal(states.state('a', 'bank/web'), undefined)
  t.equal(states.state('b', 'shop/web'), undefined)
  states.keepState('bank/web', knownOf('a'), 0)
  t.equal(states.state('a', 'shop/web'), known, 'the other asker’s state did not push it out')
  t.equal(states.size, 1, 'one certificate')
})

t.test('a state that was read before a change and arrives after it is not kept', async (t) => {
  const states = new KnownStates(10)
  const readAt = states.position
  states.apply(1, [{ position: 1, kind: 'certificate', key: 'a' }])
  states.keepState('shop/web', knownOf('a'), readAt)
  states.keepState('shop/web', knownOf('b'), readAt)
  states.keepSite(SHOP, readAt)
  t.equal(states.size, 0)
  t.equal(states.site(SHOP.id), undefined)
})

t.test('a change drops what it is about, for every asker, and nothing else', async (t) => {
  const states = new KnownStates(10)
  for (const fingerprint of ['a', 'b'])
    for (const asker of ['shop/web', 'bank/web']) states.keepState(asker, knownOf(fingerprint), 0)
  states.keepSite(SHOP, 0)
  states.apply(1, [{ position: 1, kind: 'certificate', key: 'a' }])
  t.equal(states.state('a', 'shop/web'), undefined)
  t.equal(states.state('a', 'bank/web'), undefined)
  t.ok(states.state('b', 'shop/web'))
  t.ok(states.site(SHOP.id))
  states.apply(2, [
    { position: 2, kind: 'site', key: SHOP.id },
    { position: 3, kind: 'crl', key: 'browser' },
  ])
  t.equal(states.site(SHOP.id), undefined)
  t.ok(states.state('b', 'shop/web'))
})

t.test('a memory that begins at a position is empty and true there', async (t) => {
  const states = new KnownStates(10, 9)
  t.equal(states.position, 9)
  t.equal(states.size, 0)
  states.keepState('shop/web', knownOf('a'), 0)
  t.equal(states.size, 0, 'what was read at another position is not kept')
})

t.test('overlapping proofs: an older one drops what it tells of, and never moves the position back', async (t) => {
  const states = new KnownStates(10)
  states.apply(5, [])
  states.keepState('shop/web', knownOf('a'), 5)
  states.apply(3, [{ position: 3, kind: 'certificate', key: 'a' }])
  t.equal(states.position, 5)
  t.equal(states.state('a', 'shop/web'), undefined)
})

t.test('it never holds more than its capacity, and keeps what is asked for again and again', async (t) => {
  const states = new KnownStates(100)
  states.keepState('shop/web', knownOf('often'), 0)
  for (let i = 0; i < 1_000; i++) {
    states.keepState('shop/web', knownOf(`once ${i}`), 0)
    if (i % 20 === 0) t.ok(states.state('often', 'shop/web'), `after ${i}`)
    if (states.size > 100) t.fail(`${states.size} held`)
  }
  t.equal(states.state('once 0', 'shop/web'), undefined)
  t.ok(states.state('once 999', 'shop/web'))
})

t.test('what was dropped from the older half does not come back', async (t) => {
  const states = new KnownStates(4)
  for (const fingerprint of ['a', 'b', 'c']) states.keepState('shop/web', knownOf(fingerprint), 0)
  states.apply(1, [{ position: 1, kind: 'certificate', key: 'a' }])
  t.equal(states.state('a', 'shop/web'), undefined)
})

function knownOf(fingerprint: string): KnownState {
  return { state: stateWith({ fingerprint }), subject: null, signedInMonth: null, valid: undefined, usedAt: null }
}
