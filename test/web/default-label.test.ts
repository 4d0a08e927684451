import t from 'tap'
import { defaultLabel } from '../../src/web/default-label.ts'

t.test('what the machine is, and when, in the page’s language', async (t) => {
  const today = new Date(2026, 10, 21)
  t.equal(defaultLabel('Mac', 'en', today), 'Mac, Nov 2026')
  t.match(defaultLabel('Rechner', 'de', today), /^Rechner, Nov\.? 2026$/)
  t.match(defaultLabel('Ordinateur', 'fr', today), /^Ordinateur, nov\.? 2026$/)
})
