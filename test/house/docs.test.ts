import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import t from 'tap'
import { parse as parseYaml } from 'yaml'
import { CEILINGS } from '../../ca/profiles.ts'
import { auditCommands } from '../../scripts/audit.ts'
import { caCommands } from '../../scripts/ca.ts'
import { certCommands } from '../../scripts/cert.ts'
import { doctorCommand } from '../../scripts/doctor.ts'
import { inviteCommand } from '../../scripts/invite.ts'
import { serveCommand } from '../../scripts/serve.ts'
import { siteCommands } from '../../scripts/site.ts'
import { usageCommand } from '../../scripts/usage.ts'
import { LISTENERS, readConfig } from '../../src/config.ts'
import { AUDIT_ACTIONS } from '../../src/domain/audit/audit.ts'
import { DEFAULT_POLICY } from '../../src/domain/policy.ts'
import { type ErrorCode, IdentityError } from '../../src/errors.ts'
import { toProblem } from '../../src/http/problem.ts'
import { fencedBlocks } from './fenced-blocks.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')

const { scripts: SCRIPTS } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }

/** The commands as they are; the first word of each is its group. */
const GROUPS = [
  serveCommand(),
  caCommands(),
  inviteCommand(),
  siteCommands(),
  certCommands(),
  usageCommand(),
  auditCommands(),
  doctorCommand(),
]

/** Every page that is written for people, by its path. */
const PAGES = Object.fromEntries(
  ['README.md', 'ca/PROFILES.md', ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`)]
    .filter((path) => path.endsWith('.md'))
    .map((path) => [path, read(path)]),
)
const OPERATORS = PAGES['docs/OPERATORS.md']!

/** The pieces of a page that are set as code, in the text or in a block. */
function codeOf(page: string): readonly string[] {
  const blocks = fencedBlocks(page).flatMap(({ text }) => text.split('\n'))
  const inline = page.replace(/^```[\s\S]*?^```$/gm, '').matchAll(/`([^`\n]+)`/g)
  return [...blocks, ...Array.from(inline, ([, text]) => text!)]
}

/** All cells of the tables of a page, row by row, without their backticks. */
function rowsOf(page: string): readonly (readonly string[])[] {
  return [...page.matchAll(/^\|(.*)\|$/gm)].map(([, row]) =>
    row!.split(/(?<!\\)\|/).map((cell) => cell.trim().replace(/^`([^`]*)`$/, '$1')),
  )
}

/** A file of the checkout, or a folder; what lies in a home (`ca/root.key`) has other endings. */
const FILE = /^(?:ca|src|scripts|test|bench|examples|docs)\/[\w./-]*(?:\.(?:ts|js|md|json|svg|css)|\/)$/

for (const [path, page] of Object.entries(PAGES)) {
  t.test(path, async (t) => {
    const shown = page.replace(/<!--[\s\S]*?-->/g, '')
    for (const text of codeOf(page).filter((text) => FILE.test(text))) t.ok(existsSync(join(ROOT, text)), text)
    for (const [, target] of page.matchAll(/\]\(([^)#]+)\)/g)) {
      if (!/^https?:/.test(target!)) t.ok(existsSync(join(ROOT, dirname(path), target!)), target!)
    }
    for (const [, script] of page.matchAll(/npm run ([\w:]+)/g)) t.ok(script! in SCRIPTS, `npm run ${script}`)
    for (const [, name] of shown.matchAll(/npm run bench -- (\w+)/g)) t.match(read('bench/bench.ts'), `${name}:`, name!)
    for (const [name] of page.matchAll(/\bCOUNTERSIGN_[A-Z]\w*\b/g)) t.ok(isSetting(name), name)
    for (const text of codeOf(page)) {
      const mention = /(?:^|\s)countersign ([a-z].*)/.exec(text)
      if (mention) t.equal(misfitOf(mention[1]!), undefined, text)
    }
    t.end()
  })
}

function isSetting(name: string): boolean {
  try {
    readConfig({ env: { [name]: '' }, defaultHome: '/', ceilings: CEILINGS, readFile: () => '' })
    return true
  } catch (error) {
    return !String(error).includes(`${name} is not a setting`)
  }
}

/** What of a command line there is not; undefined where all of it exists. */
function misfitOf(line: string): string | undefined {
  const words = line.replace(/[[\]()|\\]/g, ' ').split(/\s+/)
  const group = GROUPS.find((command) => command.name() === words[0])
  if (!group) return words[0]
  const command = group.commands.length === 0 ? group : group.commands.find((one) => one.name() === words[1])
  if (!command) return words[1]
  const known = command.options.map(({ long }) => long)
  return words.find((word) => word.startsWith('--') && word !== '--help' && !known.includes(word))
}

t.test('the README names every command', async (t) => {
  const leaves = GROUPS.flatMap((group): Command[] => (group.commands.length === 0 ? [group] : [...group.commands]))
  for (const leaf of leaves) {
    const group = leaf.parent ? `${leaf.parent.name()} ` : ''
    t.match(PAGES['README.md'], `\`countersign ${group}${leaf.name()}`, leaf.name())
  }
})

t.test('the five lines of the README are the example’s', async (t) => {
  const block = fencedBlocks(PAGES['README.md']!).find(({ language }) => language === 'ts')
  const lines = block!.text.trimEnd().split('\n')
  t.equal(lines.length, 5)
  const example = read('examples/express/server.ts').split('\n')
  t.strictSame(
    example.filter((line) => lines.includes(line)),
    lines,
  )
})

t.test('docs/OPERATORS.md has every setting, with its default', async (t) => {
  const rows = new Map(rowsOf(OPERATORS).map(([name = '', fallback = '']) => [name, fallback]))
  const plain = /PLAIN_SETTINGS = \[([^\]]*)\]/.exec(read('src/config.ts'))?.[1]?.match(/\w+/g) ?? []
  t.ok(plain.length > 5, 'the settings can be found')
  for (const name of plain) t.ok(rows.has(`COUNTERSIGN_${name}`), name)

  const { listeners, workers, cache, checkUrl } = readConfig({
    env: {},
    defaultHome: '/home',
    ceilings: CEILINGS,
    readFile: () => '',
  })
  t.equal(rows.get('COUNTERSIGN_WORKERS'), String(workers))
  t.equal(rows.get('COUNTERSIGN_CACHE'), String(cache))
  t.equal(rows.get('COUNTERSIGN_CHECK_URL'), checkUrl)
  for (const name of LISTENERS) {
    const prefix = `COUNTERSIGN_${name.toUpperCase()}`
    t.equal(rows.get(`${prefix}_URL`), listeners[name].url)
    t.ok(rows.has(`${prefix}_LISTEN`), `${prefix}_LISTEN`)
    if (isSetting(`${prefix}_TLS`)) t.ok(rows.has(`${prefix}_TLS`), `${prefix}_TLS`)
  }
})

t.test('docs/OPERATORS.md has every policy, with its default', async (t) => {
  const rows = rowsOf(OPERATORS)
  for (const [name, value] of Object.entries(DEFAULT_POLICY)) {
    const written = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    const [, fallback = ''] = rows.find(([cell]) => cell === written) ?? []
    const policy = { [written]: parseYaml(fallback) }
    const stated = configOf({ policy }).policy[name as keyof typeof DEFAULT_POLICY]
    t.same(stated, value, `${written}: ${fallback}`)
  }
})

t.test('the configuration file of docs/OPERATORS.md is one', async (t) => {
  const block = fencedBlocks(OPERATORS).find(({ language }) => language === 'yaml')
  t.equal(configOf(parseYaml(block!.text)).policy.idle, 14 * 86_400_000)
  const plans = fencedBlocks(OPERATORS).find(({ language, text }) => language === 'yaml' && text.startsWith('plans:'))
  t.same(Object.keys(configOf(parseYaml(plans!.text)).plans), ['free', 'non-profit', 'standard'])
})

function configOf(file: unknown) {
  return readConfig({
    env: { COUNTERSIGN_CONFIG: 'file' },
    defaultHome: '/',
    ceilings: CEILINGS,
    readFile: () => JSON.stringify(file),
  })
}

t.test('docs/OPERATORS.md names audit actions that there are', async (t) => {
  const named = [...OPERATORS.matchAll(/audit `([a-z-]+)`/g)].map(([, action]) => action!)
  t.ok(named.length > 0)
  for (const action of named) t.ok((AUDIT_ACTIONS as readonly string[]).includes(action), action)
})

t.test('docs/SITES.md gives each problem its status', async (t) => {
  const codes = new Set(Array.from(read('src/errors.ts').matchAll(/^ {2}\| '([a-z-]+)'/gm), ([, code]) => code!))
  const table = rowsOf(PAGES['docs/SITES.md']!).filter(([status = '']) => /^\d{3}/.test(status))
  t.ok(table.length > 5)
  for (const [status = '', cell = ''] of table) {
    for (const [, code] of `\`${cell}\``.matchAll(/`+([a-z-]+)`+/g)) {
      t.ok(codes.has(code!), code!)
      const { status: right } = toProblem(new IdentityError(code as ErrorCode, ''), '')
      t.ok(status.split(', ').includes(String(right)), `${code} is ${right}`)
    }
  }
})

t.test('docs/ARCHITECTURE.md names functions where they stand', async (t) => {
  const named = [...PAGES['docs/ARCHITECTURE.md']!.matchAll(/`([\w./-]+\.ts)` `(\w+)\(\)`/g)]
  t.ok(named.length > 40)
  for (const [, file, name] of named) {
    const declared = new RegExp(`^(?:export |async |function |static |private |\\s)*#?${name}\\s*[(<]`, 'm')
    t.match(read(file!), declared, `${file} ${name}`)
  }
})
