import t from 'tap'
import { ACCOUNT_TEXTS } from '../../../src/http/texts/account.ts'
import { CHECKS_TEXTS } from '../../../src/http/texts/account-checks.ts'
import { DATA_TEXTS } from '../../../src/http/texts/account-data.ts'
import { DEVICES_TEXTS } from '../../../src/http/texts/account-devices.ts'
import { HISTORY_TEXTS } from '../../../src/http/texts/account-history.ts'
import { SITES_TEXTS } from '../../../src/http/texts/account-sites.ts'
import { TRUST_TEXTS } from '../../../src/http/texts/account-trust.ts'
import { holdsComplete } from './complete.ts'

const TEXTS = {
  account: ACCOUNT_TEXTS,
  devices: DEVICES_TEXTS,
  sites: SITES_TEXTS,
  trust: TRUST_TEXTS,
  checks: CHECKS_TEXTS,
  history: HISTORY_TEXTS,
  data: DATA_TEXTS,
}

for (const [name, texts] of Object.entries(TEXTS)) {
  t.test(`every text, in every language: ${name}`, async (t) => holdsComplete(t, texts, ['names.passkey', 'name']))
}
