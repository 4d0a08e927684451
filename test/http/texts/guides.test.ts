import t from 'tap'
import { PLATFORMS } from '../../../src/domain/enrollment/platform.ts'
import { GUIDE_TEXTS, GUIDES } from '../../../src/http/texts/guides.ts'
import { holdsComplete } from './complete.ts'

/** Names of products. */
const SAME = ['mac', 'iphone', 'ipad', 'chromebook'].map((name) => `machines.${name}`)

t.test('every text, in every language', async (t) => {
  holdsComplete(t, GUIDE_TEXTS, SAME)
  t.same(Object.keys(GUIDE_TEXTS.en.guides), GUIDES)
  t.same(Object.keys(GUIDE_TEXTS.en.machines), PLATFORMS)
})
