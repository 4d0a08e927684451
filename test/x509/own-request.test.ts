import { createPublicKey } from 'node:crypto'
import t from 'tap'
import { makeOwnRequest } from '../../src/x509/own-request.ts'
import { parseRequest } from '../../src/x509/request.ts'
import { verifyRequest } from '../../src/x509/request-signature.ts'

t.test('a new key each time, and a request that it signed', async (t) => {
  const [one, other] = [makeOwnRequest(), makeOwnRequest()]
  for (const { key, request } of [one, other]) {
    const parsed = parseRequest(request)
    verifyRequest(parsed)
    const { spki } = parsed
    t.same(Buffer.from(spki), createPublicKey(key).export({ type: 'spki', format: 'der' }))
  }
  t.notSame(one.request, other.request)
})
