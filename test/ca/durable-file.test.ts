import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { flushDirectory, writeDurably } from '../../ca/durable-file.ts'

t.test('a file comes whole, with its mode, in place of the old one', async (t) => {
  const directory = t.testdir({ list: 'old and longer than the new one' })
  const path = join(directory, 'list')
  writeDurably(path, 'new', 0o640)
  t.equal(readFileSync(path, 'utf8'), 'new')
  t.equal(statSync(path).mode & 0o777, 0o640)
  writeDurably(path, Uint8Array.of(1, 2), 0o644)
  t.same(readFileSync(path), Buffer.of(1, 2))
  t.same(readdirSync(directory), ['list'])
})

t.test('where it cannot be put in place, nothing is left beside', async (t) => {
  const directory = t.testdir()
  mkdirSync(join(directory, 'taken'))
  t.throws(() => writeDurably(join(directory, 'taken'), 'x', 0o600), { code: 'EISDIR' })
  t.same(readdirSync(directory), ['taken'])
  t.throws(() => flushDirectory(join(directory, 'none')), { code: 'ENOENT' })
})
