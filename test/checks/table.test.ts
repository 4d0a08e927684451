import t from 'tap'
import { createChecks } from '../../src/checks/table.ts'
import { deriveKeyring } from '../../src/domain/keyring.ts'
import { CHECKS } from '../../src/domain/proving/check.ts'

t.test('each check stands under its own name', async (t) => {
  const table = createChecks(deriveKeyring(Buffer.alloc(32)), { host: 'id.test', origins: ['https://id.test'] })
  t.strictSame(Object.keys(table), [...CHECKS])
  for (const name of CHECKS) t.equal(table[name].name, name)
})
