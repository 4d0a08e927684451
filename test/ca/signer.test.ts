import { createPublicKey, verify } from 'node:crypto'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { encodeFrame } from '../../ca/frame.ts'
import { LEAF_ISSUER } from '../../ca/profiles.ts'
import { LEAF_PROFILES } from '../../src/domain/certificate/certificate.ts'
import { makeAuthority } from './authority.ts'
import { forgeries, leafTbs, listTbs } from './forgery.ts'
import { run } from './judges.ts'
import { SignerParent } from './parent.ts'

const { authority, directory, passphraseFile } = await makeAuthority(t.testdir())
const START = {
  type: 'start',
  directory,
  passphraseFile,
  issuers: ['browser', 'api', 'internal'],
  ceremony: false,
}

t.test('what a profile allows is signed, by the key of its issuer', async (t) => {
  const parent = await started(t)
  for (const profile of LEAF_PROFILES) {
    const tbs = leafTbs(authority, profile)
    const issuer = LEAF_ISSUER[profile]
    const reply = await parent.ask({ type: 'sign-certificate', issuer, profile }, tbs)
    t.ok(isSigned(issuer, tbs, reply.body), profile)
  }
  const tbs = listTbs(authority.issuers.api)
  t.ok(isSigned('api', tbs, (await parent.ask({ type: 'sign-list', issuer: 'api' }, tbs)).body), 'list')
})

t.test('a parent gone bad gets nothing signed, and the signer lives', async (t) => {
  const parent = await started(t)
  const bad = forgeries(authority)
  t.ok(bad.length > 50)
  for (const { name, issuer, profile, tbs } of bad) {
    const reply = await parent.ask({ type: 'sign-certificate', issuer, profile }, tbs)
    t.match(reply, { ok: false, code: 'signer-refused' }, name)
    t.equal(reply.body.length, 0, `nothing signed: ${name}`)
  }
  t.same((await parent.ask({ type: 'status' })).ok, true, 'it lives')
})

t.test('a list that none of ours may be is not signed', async (t) => {
  const parent = await started(t)
  const { browser, api } = authority.issuers
  const DAY = 86_400_000
  const now = Math.floor(Date.now() / 1000) * 1000
  const lists: Record<string, Uint8Array> = {
    'a certificate': leafTbs(authority, 'browser'),
    'another issuer': listTbs(api),
    "another issuer's name": listTbs(browser, { issuer: api.subject }),
    "another issuer's key": listTbs(browser, { authorityKeyIdentifier: api.keyIdentifier }),
    'a second over seven days': listTbs(browser, { thisUpdate: now, nextUpdate: now + 7 * DAY + 1000 }),
    'begins in two days': listTbs(browser, { thisUpdate: now + 2 * DAY, nextUpdate: now + 3 * DAY }),
    'begins two days ago': listTbs(browser, { thisUpdate: now - 2 * DAY, nextUpdate: now + DAY }),
    'another algorithm': listTbs(browser, { signatureAlgorithm: 'ecdsa-sha384' }),
    nothing: new Uint8Array(),
    garbage: Uint8Array.from({ length: 300 }, (_, i) => (i * 7919) & 0xff),
  }
  for (const [name, tbs] of Object.entries(lists)) {
    const reply = await parent.ask({ type: 'sign-list', issuer: 'browser' }, tbs)
    t.match(reply, { ok: false, code: 'signer-refused' }, name)
    t.equal(reply.body.length, 0)
  }
  const root = await parent.ask({ type: 'sign-list', issuer: 'root' }, listTbs(authority.issuers.root))
  t.match(root, { ok: false, code: 'signer-refused' }, 'the root is not there')
  t.equal((await parent.ask({ type: 'status' })).ok, true, 'it lives')
})

t.test('messages that are none are refused, and the signer lives', async (t) => {
  const parent = await started(t)
  const messages = [
    { type: 'sign-anything', issuer: 'browser' },
    { type: 'sign-certificate', issuer: 'browser' },
    { type: 'sign-certificate', issuer: 'foreign', profile: 'browser' },
    { type: 'sign-certificate', issuer: 'browser', profile: 'ocsp-responder' },
    { type: 'make-key', issuer: 'root' },
    START,
  ]
  for (const message of messages) {
    t.match(await parent.ask(message), { ok: false, code: 'signer-refused' }, JSON.stringify(message).slice(0, 60))
  }
  const long = await parent.ask(
    { type: 'sign-certificate', issuer: 'browser', profile: 'browser' },
    Buffer.alloc(16_385),
  )
  t.match(long, { ok: false, code: 'signer-refused' }, 'too long for a certificate')
  t.equal((await parent.ask({ type: 'status' })).ok, true, 'it lives')
})

t.test('a stream that cannot be followed ends the signer, with nothing signed', async (t) => {
  const tbs = leafTbs(authority, 'browser')
  const proper = Buffer.concat([
    ...encodeFrame({ type: 'sign-certificate', id: 9, issuer: 'browser', profile: 'browser' }, tbs),
  ])
  const noJson = Buffer.from(proper)
  noJson[8] = 0
  const longHead = Buffer.from(proper)
  longHead.writeUInt32BE(8_193, 0)
  const longBody = Buffer.from(proper)
  longBody.writeUInt32BE(2 ** 26 + 1, 4)
  for (const [name, bytes] of Object.entries({ noJson, longHead, longBody, garbage: Buffer.alloc(64, 0xff) })) {
    const parent = await started(t)
    parent.send(bytes)
    const reply = await parent.next()
    t.match(reply, { id: 0, ok: false, code: 'signer-refused' }, name)
    t.equal(reply.body.length, 0)
    t.equal(await parent.exit, 1, `${name}: it ends`)
  }
})

t.test('outside a ceremony there is no root key, no new key and no new authority', async (t) => {
  const parent = new SignerParent()
  const reply = await parent.ask({ ...START, issuers: ['root', 'browser'] })
  t.match(reply, { ok: false, code: 'signer-refused' })
  t.equal(await parent.exit, 1)
})

t.test('the first message must be its start', async (t) => {
  const parent = new SignerParent()
  t.match(await parent.ask({ type: 'status' }), { ok: false, code: 'signer-refused' })
  t.equal(await parent.exit, 1)
})

t.test('it ends with its pipe, and with nothing else', async (t) => {
  const parent = await started(t)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR1'] as const) {
    parent.child.kill(signal)
    t.equal((await parent.ask({ type: 'status' })).ok, true, `${signal} is not heeded`)
  }
  t.equal(await parent.close(), 0)
})

t.test('it does not start on a terminal', async (t) => {
  const entry = fileURLToPath(new URL('../../ca/signer.js', import.meta.url))
  const judged = run('script', ['-qec', `"${process.execPath}" "${entry}"`, '/dev/null'])
  t.equal(judged.ok, false)
  t.match(judged.said, /speaks to its parent alone/)
})

t.test('nobody has a key file open, and the signer shows no secret in its arguments', async (t) => {
  const parent = await started(t)
  t.same(openKeyFiles(), [])
  const commandLine = readFileSync(`/proc/${parent.child.pid}/cmdline`, 'utf8')
  t.notMatch(commandLine, readFileSync(passphraseFile, 'utf8').trim())
  t.notMatch(readFileSync(`/proc/${parent.child.pid}/environ`, 'utf8'), 'COUNTERSIGN')
})

/** A signer with its keys, that ends with the test. */
async function started(t: Test): Promise<SignerParent> {
  const parent = new SignerParent(['--disable-sigusr1'])
  t.teardown(() => parent.close())
  const reply = await parent.ask(START)
  t.match(reply, { ok: true, issuers: ['browser', 'api', 'internal'] })
  return parent
}

function isSigned(issuer: 'browser' | 'api' | 'internal', tbs: Uint8Array, signature: Uint8Array): boolean {
  const key = createPublicKey({ key: Buffer.from(authority.issuers[issuer].spki), format: 'der', type: 'spki' })
  return verify('sha256', tbs, key, signature)
}

/** Descriptors of all processes that point at key files of this authority. */
function openKeyFiles(): string[] {
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return processes
    .flatMap((pid) => descriptorsOf(pid))
    .filter((target) => target.startsWith(directory) && target.endsWith('.key'))
}

function descriptorsOf(pid: string): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((descriptor) => readlinkSync(`/proc/${pid}/fd/${descriptor}`))
  } catch {
    // The process has ended, or is somebody else's.
    return []
  }
}
