import t from 'tap'
import { openPushTarget, sealPushTarget } from '../../../src/domain/security-event/push-target.ts'

const KEY = Buffer.alloc(32, 1)
const [SHOP, BANK] = ['01'.repeat(16), '02'.repeat(16)]
const TARGET = { url: 'https://shop.example/events', allowPrivate: false, anchors: null, authorization: 'Bearer abc' }
const ADDRESS = { siteId: SHOP, ...TARGET, sealed: sealPushTarget(KEY, SHOP, TARGET) }

t.test('what is dialed is what the operator gave, whatever the table says', async (t) => {
  t.same(openPushTarget(KEY, ADDRESS), TARGET)
  t.same(openPushTarget(KEY, { ...ADDRESS, allowPrivate: true, anchors: 'PEM' }), TARGET)
  t.notOk(Buffer.from(ADDRESS.sealed).includes('Bearer'))
  const altered = [
    { ...ADDRESS, url: 'https://evil.example/' },
    { ...ADDRESS, siteId: BANK },
    { ...ADDRESS, sealed: Buffer.concat([ADDRESS.sealed, Buffer.of(0)]) },
    { ...ADDRESS, sealed: new Uint8Array() },
  ]
  for (const address of altered) t.throws(() => openPushTarget(KEY, address), { code: 'internal' })
  t.throws(() => openPushTarget(Buffer.alloc(32, 2), ADDRESS), { code: 'internal' })
})
