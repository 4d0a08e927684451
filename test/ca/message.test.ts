import t from 'tap'
import { idOf, readMessage } from '../../ca/message.ts'

const START = {
  type: 'start',
  id: 1,
  directory: '/home/ca',
  passphraseFile: '/run/secret',
  issuers: ['api'],
  ceremony: false,
}
const SIGN = { type: 'sign-certificate', id: 2, issuer: 'api', profile: 'api' }

t.test('each message of the protocol is read', async (t) => {
  const messages = [
    START,
    SIGN,
    { type: 'make-key', id: 3, issuer: 'root' },
    { type: 'sign-list', id: 4, issuer: 'browser' },
    { type: 'status', id: 5 },
  ]
  for (const message of messages) t.equal(readMessage(message, 0), message)
})

t.test('anything else is refused', async (t) => {
  const { issuer: _, ...withoutIssuer } = SIGN
  const refused = [
    null,
    'status',
    7,
    [],
    {},
    { type: 'toString', id: 1 },
    { type: '__proto__', id: 1 },
    { type: 'sign-anything', id: 1 },
    withoutIssuer,
    { ...SIGN, extra: true },
    { ...SIGN, issuer: 'foreign' },
    { ...SIGN, issuer: ['api'] },
    { ...SIGN, profile: 'toString' },
    { ...SIGN, id: -1 },
    { ...SIGN, id: '2' },
    { type: 'status' },
    { ...START, directory: 'relative' },
    { ...START, passphraseFile: 1 },
    { ...START, issuers: 'api' },
    { ...START, issuers: ['api', 'foreign'] },
    { ...START, issuers: ['api', 'api', 'api', 'api', 'api'] },
    { ...START, ceremony: 'yes' },
  ]
  for (const message of refused) {
    t.throws(() => readMessage(message, 0), { code: 'signer-refused' }, JSON.stringify(message))
  }
})

t.test('a body is bounded by what the message is', async (t) => {
  t.ok(readMessage(SIGN, 16_384))
  t.throws(() => readMessage(SIGN, 16_385), { code: 'signer-refused' })
  t.throws(() => readMessage({ type: 'status', id: 1 }, 1), { code: 'signer-refused' })
  t.ok(readMessage({ type: 'sign-list', id: 1, issuer: 'api' }, 49_000_000))
})

t.test('the id is found even in a message that is refused', async (t) => {
  t.equal(idOf({ id: 7, type: 'nonsense' }), 7)
  for (const head of [null, 1, {}, { id: 'x' }, { id: -1 }]) t.equal(idOf(head), 0)
})
