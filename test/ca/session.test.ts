import t from 'tap'
import { type Frame, FrameReader } from '../../ca/frame.ts'
import type { SignerReply } from '../../ca/message.ts'
import { refuse, SignerSession } from '../../ca/session.ts'
import { IdentityError } from '../../src/errors.ts'
import { makeAuthority } from './authority.ts'
import { leafTbs } from './forgery.ts'

const { authority, directory, passphraseFile } = await makeAuthority(t.testdir())
const START = { type: 'start', id: 1, directory, passphraseFile, issuers: ['browser'], ceremony: false }

t.test('a session starts once, then answers by id', async (t) => {
  const session = new SignerSession()
  t.match(say(session, { type: 'status', id: 5 }), { id: 5, ok: false, code: 'signer-refused' })
  t.equal(session.started, false)
  t.match(say(session, START), { id: 1, ok: true, issuers: ['browser'] })
  t.equal(session.started, true)
  t.match(say(session, { ...START, id: 2 }), { id: 2, ok: false })
  t.match(say(session, { type: 'status', id: 3 }), { id: 3, ok: true, issuers: ['browser'] })
  const sign = { type: 'sign-certificate', id: 4, issuer: 'browser', profile: 'browser' }
  t.match(say(session, sign, leafTbs(authority, 'browser')), { id: 4, ok: true })
  t.match(say(session, sign, leafTbs(authority, 'api')), { id: 4, ok: false, code: 'signer-refused' })
  t.match(say(session, { type: 'sign-list', id: 6, issuer: 'browser' }), { id: 6, ok: false })
  t.match(say(session, { type: 'make-key', id: 7, issuer: 'api' }), { id: 7, ok: false })
})

t.test('a start that fails keeps the code of its key file', async (t) => {
  const session = new SignerSession()
  const reply = say(session, { ...START, passphraseFile: '/nonexistent' })
  t.match(reply, { id: 1, ok: false, code: 'key-file-unreadable' })
  t.equal(session.started, false)
})

t.test('codes are the signer’s own, and a fault of its program tells nothing', async (t) => {
  t.match(read(refuse(1, new IdentityError('der-malformed', 'why'))), { code: 'signer-refused', message: 'why' })
  const stderr = t.capture(process.stderr, 'write', () => true)
  t.match(read(refuse(2, new TypeError('inner matter'))), { code: 'signer-refused', message: /^(?!.*inner)/ })
  t.match(String(stderr()[0]?.args[0]), /inner matter/, 'the log has it')
})

function say(session: SignerSession, head: object, body: Uint8Array = new Uint8Array()): SignerReply {
  const frame: Frame = { head, body }
  return read(session.answer(frame))
}

function read(pieces: readonly Uint8Array[]): SignerReply {
  const [frame] = new FrameReader({ head: 10_000, body: 10_000 }).push(Buffer.concat(pieces))
  return frame?.head as SignerReply
}
