import t from 'tap'
import { REVALIDATION_TEXTS } from '../../../src/http/texts/revalidation.ts'
import { holdsComplete } from './complete.ts'

t.test('every text, in every language', async (t) => holdsComplete(t, REVALIDATION_TEXTS, ['site']))
