import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'

const script = new URL('../prepare.js', import.meta.url).pathname
const OTHERS = ['python3', 'go', 'javac', 'nginx', 'haproxy', 'caddy', 'apache2']
const PROGRAMS = [
  'chromium',
  'firefox-esr',
  'certutil',
  'pk12util',
  'openssl',
  'certtool',
  'curl',
  'keytool',
  ...OTHERS,
]
const PROGRAM = '#!/bin/sh\nexit 0\n'

/** Notes how it was called, and installs everything. */
const APT = `echo "frontend=$DEBIAN_FRONTEND $*" >> "$(dirname "$0")/../called"
case "$*" in *install*) for name in ${PROGRAMS.join(' ')}; do printf '#!/bin/sh\\n' > "$(dirname "$0")/$name"; /bin/chmod +x "$(dirname "$0")/$name"; done ;; esac`

t.test('a machine that has everything is left alone', async (t) => {
  const { status, called } = prepare(t.testdir(machine(PROGRAMS, APT)))
  t.equal(status, 0)
  t.equal(called, '')
})

t.test('what is missing is installed, each package once', async (t) => {
  const { status, called } = prepare(
    t.testdir(machine(['openssl', 'curl', 'chromium', 'firefox-esr', 'keytool', ...OTHERS], APT)),
  )
  t.equal(status, 0)
  const [update = '', install = ''] = called.trim().split('\n')
  t.match(update, /update$/)
  t.match(install, /install --yes --no-install-recommends .* libnss3-tools gnutls-bin$/)
  t.match(called, /frontend=noninteractive/)
})

t.test('servers are found where only root looks for them', async (t) => {
  const { bin } = machine(
    PROGRAMS.filter((name) => name !== 'nginx'),
    APT,
  )
  const folder = t.testdir({ bin, sbin: { nginx: PROGRAM } })
  chmodSync(join(folder, 'sbin', 'nginx'), 0o755)
  t.equal(prepare(folder).called, '')
})

t.test('without apt-get the command is named, and the tests do not start', async (t) => {
  const { status, stderr } = prepare(t.testdir(machine(['openssl', 'certtool'], undefined)))
  t.equal(status, 1)
  t.match(
    stderr,
    'apt-get install --yes --no-install-recommends chromium firefox-esr libnss3-tools curl default-jdk-headless python3 golang-go nginx haproxy caddy apache2-bin',
  )
})

t.test('so too when apt-get fails, or says it installed what is not there', async (t) => {
  for (const apt of ['exit 100', 'exit 0']) {
    const { status, stderr } = prepare(t.testdir(machine(['openssl'], apt)))
    t.equal(status, 1, apt)
    t.match(stderr, 'Run as root: apt-get update && apt-get install', apt)
  }
})

function machine(programs: readonly string[], apt: string | undefined) {
  // A sudo of our own, so that the test is the same for root and for others.
  const tools = {
    env: '#!/bin/sh\nexport "$1"; shift; exec "$@"\n',
    sudo: '#!/bin/sh\nshift\nexec "$@"\n',
    true: PROGRAM,
    dirname: '#!/bin/sh\n/usr/bin/dirname "$@"\n',
  }
  const aptGet = apt === undefined ? {} : { 'apt-get': `#!/bin/sh\n${apt}\n` }
  return { bin: { ...tools, ...aptGet, ...Object.fromEntries(programs.map((name) => [name, PROGRAM])) } }
}

/** Runs the step on a machine whose PATH is the one folder. */
function prepare(folder: string) {
  const bin = join(folder, 'bin')
  for (const name of readdirSync(bin)) chmodSync(join(bin, name), 0o755)
  const { status, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8', env: { PATH: bin } })
  const called = join(folder, 'called')
  return { status, stderr, called: existsSync(called) ? readFileSync(called, 'utf8') : '' }
}
