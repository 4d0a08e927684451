import t from 'tap'
import { CERTIFICATE_CHECK_TEXTS } from '../../../src/http/texts/certificate-check.ts'
import { holdsComplete } from './complete.ts'

t.test('every text, in every language', async (t) => holdsComplete(t, CERTIFICATE_CHECK_TEXTS))
