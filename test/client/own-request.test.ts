import { createPrivateKey, createPublicKey } from 'node:crypto'
import t from 'tap'
import { makeOwnRequest } from '../../src/client/own-request.ts'
import { readPublicKey } from '../../src/x509/public-key.ts'
import { parseRequest } from '../../src/x509/request.ts'
import { verifyRequest } from '../../src/x509/request-signature.ts'

t.test('the service reads it: a fresh P-256 key, signed by itself, in the name of nobody', async (t) => {
  const seen = new Set<string>()
  for (let times = 0; times < 50; times++) {
    const { key, request } = makeOwnRequest()
    const parsed = parseRequest(request)
    verifyRequest(parsed)
    t.match(readPublicKey(parsed.spki, ['ec-p256']), { algorithm: 'ec-p256' })
    const own = createPublicKey(createPrivateKey(key)).export({ type: 'spki', format: 'der' })
    t.same(Buffer.from(parsed.spki), own)
    t.same(Buffer.from(parsed.subject), Buffer.of(0x30, 0))
    t.equal(parsed.extensions.length, 0)
    seen.add(own.toString('hex'))
  }
  t.equal(seen.size, 50)
})
