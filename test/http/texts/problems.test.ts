import t from 'tap'
import { PROBLEM_TEXTS } from '../../../src/http/texts/problems.ts'
import { holdsComplete } from './complete.ts'

t.test('every text, in every language', async (t) => holdsComplete(t, PROBLEM_TEXTS))
