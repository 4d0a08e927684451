import t from 'tap'
import { ENROLLMENT_TEXTS } from '../../../src/http/texts/enrollment.ts'
import { holdsComplete } from './complete.ts'

t.test('every text, in every language', async (t) => holdsComplete(t, ENROLLMENT_TEXTS))
