import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'

const script = new URL('../../.ci/run', import.meta.url).pathname

/** What a run of the tests prints and how it exits, and what CI must make of it. */
const RUNS: readonly (readonly [what: string, npm: Record<string, string>, status: number, last: string])[] = [
  ['all passed', { test: 'echo "# { total: 12, pass: 12 }"; echo "# time=5ms"' }, 0, '12 passed, 0 failed'],
  [
    'the last totals count',
    { test: 'echo "# { total: 1, pass: 1 }"; echo "# { total: 9, pass: 9 }"' },
    0,
    '9 passed, 0 failed',
  ],
  [
    'a test’s name holds bytes that are no text',
    { test: `printf 'ok 1 - a.example\\000\\377\\n# { total: 9, pass: 8, fail: 1 }\\n'; exit 1` },
    1,
    '8 passed, 1 failed',
  ],
  ['one failed', { test: 'echo "# { total: 12, pass: 11, fail: 1 }"; exit 1' }, 1, '11 passed, 1 failed'],
  [
    'one failed, and the runner did not say so',
    { test: 'echo "# { total: 12, pass: 11, fail: 1 }"' },
    1,
    '11 passed, 1 failed',
  ],
  ['one was skipped', { test: 'echo "# { total: 12, pass: 11, skip: 1 }"' }, 1, '11 passed, 0 failed'],
  ['one was left to do', { test: 'echo "# { total: 12, pass: 11, todo: 1 }"' }, 1, '11 passed, 0 failed'],
  ['no test ran', { test: 'echo "# { total: 0, pass: 0 }"' }, 1, '0 passed, 0 failed'],
  ['the runner did not start', { test: 'exit 0' }, 1, '0 passed, 0 failed'],
  [
    'the runner died behind its totals',
    { test: 'echo "# { total: 12, pass: 12 }"; exit 137' },
    1,
    '12 passed, 0 failed',
  ],
  ['the checks failed', { run: 'exit 1', test: 'echo "# { total: 12, pass: 12 }"' }, 1, '12 passed, 0 failed'],
]

for (const [what, npm, status, last] of RUNS) {
  t.test(what, async (t) => {
    const result = runWith(t.testdir({ bin: { npm: stub(npm) } }))
    t.equal(result.status, status)
    t.equal(result.stdout.trimEnd().split('\n').at(-1), last)
  })
}

t.test('nothing runs when the installation failed', async (t) => {
  const result = runWith(t.testdir({ bin: { npm: stub({ ci: 'exit 7', run: 'echo checks', test: 'echo tests' }) } }))
  t.not(result.status, 0)
  t.notMatch(result.stdout, /checks|tests/)
})

t.test('an installation that hangs is begun anew', async (t) => {
  const ci = 'if [ -e "$TMPDIR/begun" ]; then exit 0; fi; touch "$TMPDIR/begun"; sleep 600'
  const npm = stub({ ci, test: 'echo "# { total: 12, pass: 12 }"' })
  const result = runWith(t.testdir({ bin: { npm } }), { CI_INSTALL_SECONDS: '1' })
  t.equal(result.status, 0)
})

t.test('what a test left behind is ended, and not waited for', async (t) => {
  const folder = t.testdir({
    bin: { npm: stub({ test: 'sleep 600 & echo $! >$TMPDIR/left; echo "# { total: 12, pass: 12 }"' }) },
  })
  const result = runWith(folder)
  t.equal(result.status, 0)
  const left = Number(readFileSync(join(folder, 'tmp/left'), 'utf8'))
  t.notOk(isRunning(left))
})

t.test('tests that hang are ended, and have failed', async (t) => {
  const npm = stub({ test: 'echo "# { total: 12, pass: 12 }"; sleep 600' })
  const result = runWith(t.testdir({ bin: { npm } }), { CI_TEST_SECONDS: '1' })
  t.equal(result.status, 1)
  t.match(result.stdout, /failed: npm test/)
})

/** Somebody who is dead and not yet buried does not run. */
function isRunning(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

/** Runs the script with an npm of our own. */
function runWith(folder: string, patience: Record<string, string> = {}) {
  chmodSync(join(folder, 'bin/npm'), 0o755)
  mkdirSync(join(folder, 'tmp'))
  const env = { PATH: `${join(folder, 'bin')}:${process.env.PATH}`, TMPDIR: join(folder, 'tmp'), ...patience }
  return spawnSync('bash', [script], { encoding: 'utf8', env, timeout: 60_000 })
}

function stub(commands: Record<string, string>): string {
  const cases = Object.entries(commands).map(([name, command]) => `${name}) ${command} ;;`)
  return `#!/bin/sh\ncase "$1" in\n${cases.join('\n')}\nesac\n`
}
