import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { ended, environment, ROOT } from '../e2e/cli.ts'
import { startPostgres } from '../store/postgres/server.ts'

/** Runs `npm run demo` as it is, but for npm. */
async function demo(settings: Readonly<Record<string, string>>): Promise<{ code: number | null; told: string }> {
  const child = spawn(process.execPath, [join(ROOT, 'scripts', 'demo.js')], {
    env: environment(settings),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [told] = await Promise.all([text(child.stdout), text(child.stderr), ended(child)])
  return { code: child.exitCode, told }
}

t.test('the story goes as it is told, on SQLite', async (t) => {
  const { code, told } = await demo({})
  t.equal(code, 0, told)
  t.match(told, /wrong answers after the acknowledgment: 0/)
})

t.test('and on PostgreSQL', async (t) => {
  const database = await startPostgres()
  t.teardown(() => database.stop())
  const { code, told } = await demo({ COUNTERSIGN_STORE: database.url })
  t.equal(code, 0, told)
  t.match(told, /wrong answers after the acknowledgment: 0/)
})

t.test('a story that goes otherwise exits 1', async (t) => {
  const { code } = await demo({ COUNTERSIGN_STORE: 'postgres://nobody@127.0.0.1:1/nothing' })
  t.equal(code, 1)
})
