import t from 'tap'
import { readPlans } from '../src/plan-settings.ts'

function read(written: Readonly<Record<string, unknown>>) {
  const faults: string[] = []
  return { plans: readPlans(written, faults), faults }
}

t.test('plans, with what is left out', async (t) => {
  const { plans, faults } = read({
    free: {},
    'non-profit': { included: 1000, price_per_person: '0.001', currency: 'EUR' },
    standard: { price_per_person: 0.05, currency: 'USD' },
  })
  t.same(faults, [])
  t.same(plans, {
    free: { pricePerPerson: 0n, currency: null, included: 0 },
    'non-profit': { pricePerPerson: 1_000n, currency: 'EUR', included: 1_000 },
    standard: { pricePerPerson: 50_000n, currency: 'USD', included: 0 },
  })
  t.ok(Object.isFrozen(plans) && Object.values(plans).every(Object.isFrozen))
})

t.test('each thing that cannot be taken is named', async (t) => {
  for (const [name, wish, fault] of [
    ['Free', {}, /^plans\.Free must be named/],
    ['free', null, /^plans\.free must hold its terms/],
    ['free', '0.05', /^plans\.free must hold its terms/],
    ['a', { price: '1' }, /^plans\.a\.price is no part of a plan; there are price_per_person, /],
    ['a', { price_per_person: '0,05', currency: 'EUR' }, /^plans\.a\.price_per_person must be an amount/],
    ['a', { price_per_person: -1, currency: 'EUR' }, /^plans\.a\.price_per_person must be an amount/],
    ['a', { price_per_person: 1e-9, currency: 'EUR' }, /^plans\.a\.price_per_person must be an amount/],
    ['a', { price_per_person: '1' }, /^plans\.a\.currency must be three letters/],
    ['a', { price_per_person: '1', currency: 'Euro' }, /^plans\.a\.currency must be three letters/],
    ['a', { included: -1 }, /^plans\.a\.included must be a whole number/],
    ['a', { included: 1.5 }, /^plans\.a\.included must be a whole number/],
    ['a', { included: '100' }, /^plans\.a\.included must be a whole number/],
  ] as const)
    t.match(read({ [name]: wish }).faults, [fault], JSON.stringify(wish))
})
