import t from 'tap'
import { CHECK_TABLE } from '../../src/checks/table.ts'
import { CHECKS } from '../../src/domain/check.ts'
import { deriveKeyring } from '../../src/domain/keyring.ts'

t.test('each check stands under its own name', async (t) => {
  const keyring = deriveKeyring(Buffer.alloc(32))
  t.strictSame(Object.keys(CHECK_TABLE), [...CHECKS])
  for (const name of CHECKS) t.equal(CHECK_TABLE[name](keyring).name, name)
})
