import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import t from 'tap'
import { lockFile } from '../../src/store/file-lock.ts'

t.test('one at a time, and the next when it is released', async (t) => {
  const file = join(t.testdir(), 'a.lock')
  const lock = lockFile(file)
  t.equal(lockFile(file), undefined)
  t.equal(lockFile(file), undefined, 'a refused try takes nothing away')
  lock?.release()
  const next = lockFile(file)
  t.ok(next)
  next?.release()
})

t.test('another process’s lock holds here, and ends with that process, however it ends', async (t) => {
  const file = join(t.testdir(), 'a.lock')
  const path = new URL('../../src/store/file-lock.ts', import.meta.url).href
  const script = `import(${JSON.stringify(path)}).then(({ lockFile }) => { lockFile(${JSON.stringify(file)}); console.log('locked'); setInterval(() => {}, 1000) })`
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => child.kill('SIGKILL'))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  t.equal((await lines.next()).value, 'locked')
  t.equal(lockFile(file), undefined)
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
  const lock = lockFile(file)
  t.ok(lock)
  lock?.release()
})

t.test('a file that cannot be opened is no lock that is held', async (t) => {
  t.throws(() => lockFile(join(t.testdir(), 'no', 'folder')), /directory/)
  t.throws(() => lockFile(t.testdir()), { code: 'SQLITE_CANTOPEN' })
})
