import t from 'tap'
import { hasRight, RIGHTS, rightsOf } from '../../../src/domain/site/right.ts'

t.test('a right is that of the service that has it', async (t) => {
  const rights = { proxy: RIGHTS, web: [] }
  t.ok(hasRight(rights, 'proxy', 'forward-auth'))
  t.notOk(hasRight(rights, 'web', 'forward-auth'))
  t.notOk(hasRight(rights, 'api', 'forward-auth'))
  t.same(rightsOf(rights, 'proxy'), ['forward-auth'])
})

t.test('what every object has is the name of no service', async (t) => {
  for (const name of ['constructor', 'toString', '__proto__']) t.same(rightsOf({}, name), [], name)
})
