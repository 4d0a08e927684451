// Plain JavaScript: it says so itself when it runs on a Node that cannot load TypeScript.
import '../scripts/node-version.js'
import { spawnSync } from 'node:child_process'
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'

/** The programs that the tests' real parts need of the system, and the Debian package of each. */
const PACKAGE_OF = {
  chromium: 'chromium',
  'firefox-esr': 'firefox-esr',
  certutil: 'libnss3-tools',
  pk12util: 'libnss3-tools',
  openssl: 'openssl',
  certtool: 'gnutls-bin',
  curl: 'curl',
  keytool: 'default-jdk-headless',
  javac: 'default-jdk-headless',
  python3: 'python3',
  go: 'golang-go',
  nginx: 'nginx',
  haproxy: 'haproxy',
  caddy: 'caddy',
  apache2: 'apache2-bin',
}

const packages = missingPackages()
if (packages.length > 0) install(packages)

/** @param {readonly string[]} wanted */
function install(wanted) {
  const command = `apt-get update && apt-get install --yes --no-install-recommends ${wanted.join(' ')}`
  const prefix = rootPrefix()
  if (!isProgram('apt-get') || !prefix) return giveUp(command)
  process.stdout.write(`The tests need ${wanted.join(', ')}; installing.\n`)
  // Another package manager may be at work on a machine that has just booted.
  const steps = [
    ['update'],
    ['install', '--yes', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120', ...wanted],
  ]
  // A mirror that has stopped to answer is asked anew, and a step that hangs all the same is given up.
  const patience = ['-o', 'Acquire::Retries=3', '-o', 'Acquire::http::Timeout=30']
  for (const step of steps) {
    const [program = '', ...args] = [
      ...prefix,
      'env',
      'DEBIAN_FRONTEND=noninteractive',
      'apt-get',
      '-qq',
      ...patience,
      ...step,
    ]
    const { status } = spawnSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'], timeout: 15 * 60_000 })
    if (status !== 0) return giveUp(command)
  }
  if (missingPackages().length > 0) giveUp(command)
}

/** @param {string} command */
function giveUp(command) {
  const missing = Object.keys(PACKAGE_OF).filter((program) => !isProgram(program))
  process.stderr.write(
    `The tests need ${missing.join(', ')}, which this machine does not have. Run as root: ${command}\n`,
  )
  process.exit(1)
}

function missingPackages() {
  const missing = Object.entries(PACKAGE_OF).filter(([program]) => !isProgram(program))
  return [...new Set(missing.map(([, name]) => name))]
}

/** What stands before a command to run it as root; undefined: it cannot be had without asking somebody. */
function rootPrefix() {
  if (process.getuid?.() === 0) return []
  const asked = spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' })
  return asked.status === 0 ? ['sudo', '-n'] : undefined
}

/** @param {string} name */
function isProgram(name) {
  // Servers are installed beside it, where only root's path leads.
  const folders = (process.env.PATH ?? '').split(delimiter).flatMap((bin) => [bin, join(dirname(bin), 'sbin')])
  return folders.some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK)
      return statSync(join(folder, name)).isFile()
    } catch {
      return false
    }
  })
}
