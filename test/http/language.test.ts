import t from 'tap'
import { pickLanguage } from '../../src/http/language.ts'

t.test('the language that is read best, of those that we have', async (t) => {
  for (const [accepted, language] of [
    [undefined, 'en'],
    ['', 'en'],
    ['*', 'en'],
    ['de', 'de'],
    ['de-AT,de;q=0.9,en;q=0.8', 'de'],
    ['en;q=0.5, FR-ca ; q=0.9', 'fr'],
    ['tlh, es;q=0.1', 'es'],
    ['de;q=0, es;q=0.2', 'es'],
    ['de;q=x', 'en'],
    [`${'x,'.repeat(10_000)}de`, 'en'],
  ] as const)
    t.equal(pickLanguage(accepted), language, (accepted ?? 'nothing').slice(0, 30))
})
