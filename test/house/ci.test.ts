import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync } from 'node:fs'
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

/** Runs the script with an npm of our own. */
function runWith(folder: string) {
  chmodSync(join(folder, 'bin/npm'), 0o755)
  mkdirSync(join(folder, 'tmp'))
  const env = { PATH: `${join(folder, 'bin')}:${process.env.PATH}`, TMPDIR: join(folder, 'tmp') }
  return spawnSync('bash', [script], { encoding: 'utf8', env })
}

function stub(commands: Record<string, string>): string {
  const cases = Object.entries(commands).map(([name, command]) => `${name}) ${command} ;;`)
  return `#!/bin/sh\ncase "$1" in\n${cases.join('\n')}\nesac\n`
}
