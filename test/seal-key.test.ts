import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, chownSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { deriveKeyring } from '../src/domain/keyring.ts'
import { readKeyring } from '../src/seal-key.ts'

t.test('the keyring of the file’s bytes', async (t) => {
  const path = join(t.testdir(), 'seal.key')
  const seal = randomBytes(32)
  writeFileSync(path, seal, { mode: 0o600 })
  t.same(readKeyring(path), deriveKeyring(seal))
})

t.test('a file that others may read, one that is too short, and none at all', async (t) => {
  const folder = t.testdir()
  const [shared, short] = [join(folder, 'shared.key'), join(folder, 'short.key')]
  writeFileSync(shared, randomBytes(32), { mode: 0o600 })
  for (const mode of [0o640, 0o604, 0o620, 0o601, 0o644]) {
    chmodSync(shared, mode)
    t.throws(() => readKeyring(shared), { code: 'key-file-unsafe' }, mode.toString(8))
  }
  writeFileSync(short, randomBytes(31), { mode: 0o600 })
  t.throws(() => readKeyring(short), { code: 'key-file-unreadable' })
  t.throws(() => readKeyring(join(folder, 'none.key')), { code: 'key-file-unreadable' })
})

t.test('a link, a folder, a pipe and a file of somebody else’s are no seal key', async (t) => {
  const folder = t.testdir()
  const path = join(folder, 'seal.key')
  writeFileSync(path, randomBytes(32), { mode: 0o600 })
  symlinkSync(path, join(folder, 'link.key'))
  mkdirSync(join(folder, 'folder.key'), { mode: 0o700 })
  execFileSync('mkfifo', ['-m', '600', join(folder, 'pipe.key')])
  for (const name of ['link', 'folder', 'pipe'])
    t.throws(() => readKeyring(join(folder, `${name}.key`)), { code: 'key-file-unsafe' }, name)
  if (process.geteuid?.() === 0) chownSync(path, 65_534, 65_534)
  t.throws(() => readKeyring(process.geteuid?.() === 0 ? path : '/etc/passwd'), { code: 'key-file-unsafe' })
})
