import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import t from 'tap'

const run = promisify(execFile)
const MODULE = new URL('../../src/client/lasting-tick.ts', import.meta.url).href

/** Tells of each of three full collections whether what was kept outlives it, and is of one shape with a tick after it. */
const PROGRAM = `
  import { executionAsyncResource } from 'node:async_hooks'
  import { keepTick } from '${MODULE}'
  const tick = () => new Promise((done) => process.nextTick(() => done(executionAsyncResource())))
  const rest = () => new Promise((done) => setImmediate(done))
  const keep = async () => new WeakRef(await keepTick())
  const kept = await keep()
  const seen = []
  for (let count = 0; count < 3; count += 1) {
    await rest()
    gc()
    seen.push(kept.deref() !== undefined && %HaveSameMap(kept.deref(), await tick()))
  }
  console.log(JSON.stringify(seen))
`

t.test('one tick outlives each garbage collection, and all that come are of its shape', async (t) => {
  const flags = ['--expose-gc', '--allow-natives-syntax', '--input-type=module', '--eval']
  const { stdout } = await run(process.execPath, [...flags, PROGRAM])
  t.same(JSON.parse(stdout), [true, true, true])
})
