import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { chmodSync, chownSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { makeKeyFile, openKeyFile, readPassphrase } from '../../../ca/keys/file.ts'

const PASSPHRASE = 'correct horse battery staple'

t.test('a key that is made can be opened again and signs', async (t) => {
  const path = join(t.testdir(), 'a.key')
  const made = makeKeyFile(path, PASSPHRASE)
  const opened = openKeyFile(path, PASSPHRASE)
  t.same(opened.spki, made.spki)
  const data = Buffer.from('to be signed')
  const publicKey = createPublicKey({ key: Buffer.from(made.spki), format: 'der', type: 'spki' })
  t.ok(verify('sha256', data, publicKey, opened.sign(data)))
  t.equal(statSync(path).mode & 0o777, 0o600)
  t.match(readFileSync(path, 'utf8'), /^-----BEGIN ENCRYPTED PRIVATE KEY-----\n/)
})

t.test('the file is PBES2 with AES-256', async (t) => {
  const path = join(t.testdir(), 'a.key')
  makeKeyFile(path, PASSPHRASE)
  const der = Buffer.from(readFileSync(path, 'utf8').replace(/-----.*-----|\n/g, ''), 'base64')
  t.ok(der.includes(Buffer.from('06092a864886f70d01050d', 'hex')), 'pbes2')
  t.ok(der.includes(Buffer.from('060960864801650304012a', 'hex')), 'aes-256-cbc')
})

t.test('a key file is never overwritten', async (t) => {
  const path = join(t.testdir({ 'a.key': 'here before' }), 'a.key')
  t.throws(() => makeKeyFile(path, PASSPHRASE), { code: 'key-file-unsafe' })
  t.equal(readFileSync(path, 'utf8'), 'here before')
})

t.test('a key file that others may read, change or run is refused', async (t) => {
  const path = join(t.testdir(), 'a.key')
  makeKeyFile(path, PASSPHRASE)
  for (const mode of [0o644, 0o640, 0o604, 0o620, 0o602, 0o660, 0o700]) {
    chmodSync(path, mode)
    t.throws(() => openKeyFile(path, PASSPHRASE), { code: 'key-file-unsafe' }, mode.toString(8))
  }
  for (const mode of [0o600, 0o400]) {
    chmodSync(path, mode)
    t.ok(openKeyFile(path, PASSPHRASE), mode.toString(8))
  }
})

t.test('a symbolic link, a folder and a foreign file are refused', async (t) => {
  const directory = t.testdir()
  const path = join(directory, 'a.key')
  makeKeyFile(path, PASSPHRASE)
  symlinkSync(path, join(directory, 'link.key'))
  t.throws(() => openKeyFile(join(directory, 'link.key'), PASSPHRASE), { code: 'key-file-unsafe' })
  mkdirSync(join(directory, 'folder.key'))
  t.throws(() => openKeyFile(join(directory, 'folder.key'), PASSPHRASE), { code: 'key-file-unsafe' })
  t.throws(() => openKeyFile(foreignFile(path), PASSPHRASE), { code: 'key-file-unsafe' })
})

t.test('what is no key of ours, or not with this passphrase, is unreadable', async (t) => {
  const directory = t.testdir()
  const path = join(directory, 'a.key')
  makeKeyFile(path, PASSPHRASE)
  t.throws(() => openKeyFile(path, 'another passphrase, as long'), { code: 'key-file-unreadable' })
  t.throws(() => openKeyFile(join(directory, 'none.key'), PASSPHRASE), { code: 'key-file-unreadable' })
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const open = {
    garbage: 'no key',
    plain: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    long: 'x'.repeat(20_000),
  }
  for (const [name, content] of Object.entries(open)) {
    writeFileSync(join(directory, name), content, { mode: 0o600 })
    t.throws(() => openKeyFile(join(directory, name), PASSPHRASE), { code: 'key-file-unreadable' }, name)
  }
})

t.test('a passphrase is the file without its line end, and long', async (t) => {
  const directory = t.testdir({
    unix: `${PASSPHRASE}\n`,
    windows: `${PASSPHRASE}\r\n`,
    bare: PASSPHRASE,
    spaced: ` ${PASSPHRASE} \n\n`,
    short: 'fifteen letters\n',
    empty: '',
  })
  for (const name of ['unix', 'windows', 'bare', 'spaced', 'short', 'empty']) chmodSync(join(directory, name), 0o600)
  for (const name of ['unix', 'windows', 'bare']) t.equal(readPassphrase(join(directory, name)), PASSPHRASE)
  t.equal(readPassphrase(join(directory, 'spaced')), ` ${PASSPHRASE} \n`, 'one line end, and nothing else')
  for (const name of ['short', 'empty', 'none']) {
    t.throws(() => readPassphrase(join(directory, name)), { code: 'key-file-unreadable' }, name)
  }
})

t.test('a passphrase that others may read or change, a link and a foreign file are refused', async (t) => {
  const directory = t.testdir()
  const path = join(directory, 'passphrase')
  writeFileSync(path, PASSPHRASE, { mode: 0o600 })
  symlinkSync(path, join(directory, 'link'))
  t.throws(() => readPassphrase(join(directory, 'link')), { code: 'key-file-unsafe' }, 'a link')
  for (const mode of [0o644, 0o640, 0o604, 0o620, 0o602]) {
    chmodSync(path, mode)
    t.throws(() => readPassphrase(path), { code: 'key-file-unsafe' }, mode.toString(8))
  }
  chmodSync(path, 0o400)
  t.equal(readPassphrase(path), PASSPHRASE)
  t.throws(() => readPassphrase(foreignFile(path)), { code: 'key-file-unsafe' })
})

/** A file of somebody else's: given away where that is allowed (root), else one of the system's. */
function foreignFile(path: string): string {
  if (process.geteuid?.() !== 0) return '/etc/passwd'
  chownSync(path, 65_534, 65_534)
  return path
}
