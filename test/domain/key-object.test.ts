import { createHmac } from 'node:crypto'
import t from 'tap'
import { keyObject } from '../../src/domain/key-object.ts'

t.test('the same key, made once for the same bytes', async (t) => {
  const bytes = Buffer.alloc(32, 7)
  const key = keyObject(bytes)
  t.equal(keyObject(bytes), key)
  t.not(keyObject(Buffer.alloc(32, 7)), key)
  t.same(createHmac('sha256', key).update('x').digest(), createHmac('sha256', bytes).update('x').digest())
})
