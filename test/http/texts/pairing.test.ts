import t from 'tap'
import { PAIRING_TEXTS } from '../../../src/http/texts/pairing.ts'
import { holdsComplete } from './complete.ts'

t.test('every text, in every language', async (t) => holdsComplete(t, PAIRING_TEXTS))
