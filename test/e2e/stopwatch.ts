import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'
import { ROOT } from './cli.ts'
import { firstSignIn } from './first-sign-in.ts'
import { emptyFolder } from './started-site.ts'

// `npm run stopwatch`: how long it takes from an empty folder to being signed in at a site of one's own, with all that is
// installed on the way. It needs what `npm ci` needs, and the programs of the tests.

t.setTimeout(0)

t.test('from an empty folder to signed in', async (t) => {
  const watch = startWatch()
  const checkout = join(emptyFolder(t), 'countersign')
  execFileSync('git', ['clone', '--quiet', ROOT, checkout])
  watch.lap('git clone')
  execFileSync('npm', ['ci', '--silent', '--no-audit', '--no-fund'], { cwd: checkout, stdio: 'ignore' })
  watch.lap('npm ci')
  t.match(await firstSignIn(t, checkout, watch.lap), /^Hello, /)
  watch.print()
})

function startWatch() {
  const began = performance.now()
  let last = began
  const lines: (readonly [done: string, milliseconds: number])[] = []
  return {
    lap(done: string): void {
      const now = performance.now()
      lines.push([done, now - last])
      last = now
    },
    print(): void {
      for (const [done, time] of [...lines, ['all of it', last - began] as const])
        process.stdout.write(`# ${done.padEnd(28)} ${(time / 1_000).toFixed(1).padStart(6)} s\n`)
    },
  }
}
