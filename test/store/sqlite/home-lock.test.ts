import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import t from 'tap'
import { lockHome } from '../../../src/store/sqlite/home-lock.ts'

t.test('one server at a time, and the next when it is released', async (t) => {
  const home = t.testdir()
  const lock = lockHome(home)
  t.throws(() => lockHome(home), { code: 'home-locked' })
  t.throws(() => lockHome(home), { code: 'home-locked' }, 'a refused try takes nothing away')
  lock.release()
  lockHome(home).release()
  t.pass()
})

t.test(
  'another process’s lock holds here, though it forgets about it, and ends with that process, however it ends',
  async (t) => {
    const home = t.testdir()
    const path = new URL('../../../src/store/sqlite/home-lock.ts', import.meta.url).href
    const script = `import(${JSON.stringify(path)}).then(({ lockHome }) => { lockHome(${JSON.stringify(home)}); gc(); setImmediate(() => { gc(); console.log('locked') }); setInterval(() => {}, 1000) })`
    const child = spawn(process.execPath, ['--expose-gc', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
    t.teardown(() => child.kill('SIGKILL'))
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    t.equal((await lines.next()).value, 'locked')
    t.throws(() => lockHome(home), { code: 'home-locked' })
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
    lockHome(home).release()
    t.pass('the home is free again')
  },
)
