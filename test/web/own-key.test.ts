import { createPublicKey } from 'node:crypto'
import t from 'tap'
import { makeOwnKey } from '../../src/web/own-key.ts'
import { readPublicKey } from '../../src/x509/public-key.ts'
import { parseRequest } from '../../src/x509/request.ts'
import { verifyRequest } from '../../src/x509/request-signature.ts'

t.test('a P-256 key and a request that it signed, strictly read', async (t) => {
  // Often enough that r and s with leading zeros and with their high bit set are among them.
  for (let i = 0; i < 40; i++) {
    const { privateKey, request } = await makeOwnKey()
    const parsed = parseRequest(Buffer.from(request, 'base64'))
    t.doesNotThrow(() => verifyRequest(parsed))
    t.strictSame(parsed.extensions, [])
    if (i > 0) continue
    t.equal(readPublicKey(parsed.spki).algorithm, 'ec-p256')
    const { x, y } = await crypto.subtle.exportKey('jwk', privateKey)
    const spki = createPublicKey({ key: Buffer.from(parsed.spki), format: 'der', type: 'spki' }).export({
      format: 'jwk',
    })
    t.match(spki, { x, y })
  }
})

t.test('each key is another', async (t) => {
  t.not((await makeOwnKey()).request, (await makeOwnKey()).request)
})
