// Long because: it is one table of what must be caught.
import { spawnSync } from 'node:child_process'
import t from 'tap'
import { readTree } from './tree.ts'
import { findViolations, type RuleName } from './violations.ts'

const checker = new URL('./imports.ts', import.meta.url).pathname
const root = new URL('../..', import.meta.url).pathname

/** A tree in which every reference is one that the house allows; each planted file is added to it. */
const CLEAN = {
  'src/errors.ts': 'export const code = 1\n',
  'src/x509/oid.ts':
    "import { createHash } from 'node:crypto'\nimport { code } from '../errors.ts'\nexport const oid = [code, createHash]\n",
  'src/x509/der.ts': "import { code } from '../errors.ts'\nexport const der = code\n",
  'src/domain/site.ts':
    "import { oid } from '../x509/oid.ts'\n// process.env and import('fs') in a comment\nexport const site = [oid, 'process.exit', \"import x from '../../ca/issue.ts'\"]\n",
  'src/checks/totp.ts':
    "import { TOTP } from 'otpauth'\nimport { site } from '../domain/site.ts'\nexport const totp = [site, TOTP]\n",
  'src/store/sqlite/thread.ts': "import { parentPort } from 'node:worker_threads'\nexport const port = parentPort\n",
  'src/store/sqlite/store.ts': `import { Worker } from 'node:worker_threads'
import Database from 'better-sqlite3'
import { site } from '../../domain/site.ts'
const THREAD = new URL(import.meta.url.endsWith('.ts') ? './thread.ts' : './thread.js', import.meta.url)
export const open = () => [new Worker(THREAD), new Worker(new URL('./thread.ts', import.meta.url)), Database, site]
`,
  'src/http/api/api.ts':
    "import { fastify } from 'fastify'\nimport { site } from '../../domain/site.ts'\nexport const api = [fastify, site, Date.now(), new URL('../../web/page.ts', import.meta.url), new URL('..', import.meta.url)]\n",
  'src/web/page.ts':
    "import { der } from '../x509/der.ts'\nimport type { oid } from '../x509/oid.ts'\nexport const page: [typeof der, typeof oid?] = [der]\n",
  'src/client/site.ts':
    "import type { site } from '../domain/site.ts'\nexport const siteClient: typeof site | undefined = undefined\n",
  'src/config.ts': "import { site } from './domain/site.ts'\nexport const config = site\n",
  'src/main.ts':
    "import { issue } from '../ca/issue.ts'\nimport { config } from './config.ts'\nimport { open } from './store/sqlite/store.ts'\nexport const main = [issue, config, open, process.env]\n",
  'ca/issue.ts': "import { site } from '../src/domain/site.ts'\nexport const issue = site\n",
  'ca/signer.js': "if (process.version < 'v24') process.exit(1)\nawait import('./signer.ts')\n",
  'ca/signer.ts':
    "import { issue } from './issue.ts'\nprocess.stdin.on('end', () => process.exit(0))\nexport const signer = issue\n",
  'scripts/serve.ts': "import { main } from '../src/main.ts'\nexport const serve = [main, process.env.HOME]\n",
  'test/coverage-map.js': 'export default () => null\n',
  'test/main.test.ts':
    "import { issue } from '../ca/issue.ts'\nimport { serve } from '../scripts/serve.ts'\nexport const tested = [issue, serve]\n",
  'bench/verdict.ts':
    "import Database from 'better-sqlite3'\nimport { main } from '../src/main.ts'\nexport const bench = [main, Database]\n",
  'examples/site.js': "import { siteClient } from 'countersign'\nsiteClient(process.env.PORT)\n",
} as const

const long = (head: string) => `${head}\n${'export {}\n'.repeat(300)}const end = 1\nexport { end }\n`

/** What is planted, and the rule that must catch it, at which line. */
const PLANTED: readonly (readonly [
  what: string,
  files: Readonly<Record<string, string>>,
  rule: RuleName,
  line?: number,
])[] = [
  [
    'x509 imports domain',
    { 'src/x509/name.ts': "import { site } from '../domain/site.ts'\nexport const name = site\n" },
    'import-direction',
  ],
  [
    'x509 does I/O',
    { 'src/x509/name.ts': "\nimport { readFileSync } from 'node:fs'\nexport const name = readFileSync\n" },
    'builtin',
    2,
  ],
  [
    'x509 does I/O, without the prefix',
    { 'src/x509/name.ts': "import { readFileSync } from 'fs/promises'\nexport const name = readFileSync\n" },
    'builtin',
  ],
  [
    'x509 takes a server library',
    { 'src/x509/name.ts': "import { fastify } from 'fastify'\nexport const name = fastify\n" },
    'package',
  ],
  [
    'domain imports the store',
    { 'src/domain/a.ts': "import { open } from '../store/sqlite/store.ts'\nexport const a = open\n" },
    'import-direction',
  ],
  [
    'domain imports a type of http',
    { 'src/domain/a.ts': "import type { api } from '../http/api/api.ts'\nexport const a: typeof api = []\n" },
    'import-direction',
  ],
  [
    'domain names a type of the store in place',
    { 'src/domain/a.ts': "export type A = import('../store/sqlite/store.ts').Store\n" },
    'import-direction',
  ],
  [
    'domain imports the store dynamically',
    { 'src/domain/a.ts': "export const a = async () => {\n  return await import('../store/sqlite/store.ts')\n}\n" },
    'import-direction',
    2,
  ],
  ['domain does I/O', { 'src/domain/a.ts': "export { readFile } from 'node:fs'\nexport const a = 1\n" }, 'builtin'],
  ['domain does I/O dynamically', { 'src/domain/a.ts': "export const a = () => import('node:net')\n" }, 'builtin'],
  [
    'domain asks for a module by process',
    { 'src/domain/a.ts': "export const a = process.getBuiltinModule('node:fs')\n" },
    'builtin',
  ],
  [
    'domain imports a library',
    { 'src/domain/a.ts': "import { TOTP } from 'otpauth'\nexport const a = TOTP\n" },
    'package',
  ],
  [
    'domain reads the clock',
    { 'src/domain/a.ts': 'export const a = 1\nexport const now = () => Date.now()\n' },
    'ambient',
    2,
  ],
  ['domain makes a date of now', { 'src/domain/a.ts': 'export const a = new Date()\n' }, 'ambient'],
  [
    'a check imports http',
    { 'src/checks/a.ts': "import { api } from '../http/api/api.ts'\nexport const a = api\n" },
    'import-direction',
  ],
  [
    'the store imports http',
    { 'src/store/a.ts': "import { api } from '../http/api/api.ts'\nexport const a = api\n" },
    'import-direction',
  ],
  [
    'one engine imports its twin',
    { 'src/store/postgres/a.ts': "import { open } from '../sqlite/store.ts'\nexport const a = open\n" },
    'import-direction',
  ],
  [
    'events import http',
    { 'src/events/a.ts': "import { api } from '../http/api/api.ts'\nexport const a = api\n" },
    'import-direction',
  ],
  [
    'the authority imports http',
    { 'ca/a.ts': "import { api } from '../src/http/api/api.ts'\nexport const a = api\n" },
    'import-direction',
  ],
  [
    'the authority imports the store',
    { 'ca/a.ts': "import { open } from '../src/store/sqlite/store.ts'\nexport const a = open\n" },
    'import-direction',
  ],
  [
    'http imports the store',
    { 'src/http/a.ts': "import { open } from '../store/sqlite/store.ts'\nexport const a = open\n" },
    'import-direction',
  ],
  [
    'http imports the authority',
    { 'src/http/a.ts': "import { issue } from '../../ca/issue.ts'\nexport const a = issue\n" },
    'import-direction',
  ],
  [
    'http imports the authority dynamically',
    { 'src/http/a.ts': 'export const a = () => import(`../../ca/issue.ts`)\n' },
    'import-direction',
  ],
  [
    'http runs the authority as a worker',
    {
      'src/http/a.ts':
        "import { Worker } from 'node:worker_threads'\nexport const a = () => new Worker(new URL('../../ca/signer.js', import.meta.url))\n",
    },
    'import-direction',
    2,
  ],
  [
    'http names the authority for a child process',
    { 'src/http/a.ts': "export const a = new URL(process.argv0 ? './a.ts' : '../../ca/signer.js', import.meta.url)\n" },
    'import-direction',
  ],
  [
    'http makes up the name of a part of the authority',
    { 'src/http/a.ts': `export const a = (end: string) => new URL(\`../../ca/signer\${end}\`, import.meta.url)\n` },
    'import-direction',
  ],
  [
    'http imports a page that it may send',
    { 'src/http/a.ts': "import { page } from '../web/page.ts'\nexport const a = page\n" },
    'import-direction',
  ],
  [
    'an address of which only the end is written',
    { 'src/http/a.ts': `export const a = (folder: string) => new URL(\`../\${folder}/x.ts\`, import.meta.url)\n` },
    'unreadable-import',
  ],
  [
    'http resolves the authority',
    { 'src/http/a.ts': "export const a = import.meta.resolve('../../ca/signer.js')\n" },
    'import-direction',
  ],
  [
    'http re-exports the store',
    { 'src/http/a.ts': "export { open } from '../store/sqlite/store.ts'\nexport const a = 1\n" },
    'import-direction',
  ],
  [
    'http requires the store',
    { 'src/http/a.ts': "export const a = require('../store/sqlite/store.ts')\n" },
    'import-direction',
  ],
  [
    'http requires the store by an import assignment',
    { 'src/http/a.ts': "import a = require('../store/sqlite/store.ts')\nexport { a }\n" },
    'import-direction',
  ],
  [
    'http makes itself a require',
    {
      'src/http/a.ts':
        "import { createRequire as maker } from 'node:module'\nconst load = maker(import.meta.url)\nexport const a = load('../store/sqlite/store.ts')\n",
    },
    'import-direction',
    3,
  ],
  [
    'http makes a require and calls it at once',
    {
      'src/http/a.ts':
        "import module from 'node:module'\nexport const a = module.createRequire(import.meta.url)('../store/sqlite/store.ts')\n",
    },
    'import-direction',
    2,
  ],
  [
    'http opens the database itself',
    { 'src/http/a.ts': "import Database from 'better-sqlite3'\nexport const a = Database\n" },
    'package',
  ],
  [
    'http imports the configuration',
    { 'src/http/a.ts': "import { config } from '../config.ts'\nexport const a = config\n" },
    'import-direction',
  ],
  [
    'the bridge imports the store',
    { 'src/bridge/a.ts': "import { open } from '../store/sqlite/store.ts'\nexport const a = open\n" },
    'import-direction',
  ],
  [
    'a file beside main constructs a store',
    { 'src/ports.ts': "import { open } from './store/sqlite/store.ts'\nexport const a = open\n" },
    'import-direction',
  ],
  [
    'a page imports the domain',
    { 'src/web/a.ts': "import { site } from '../domain/site.ts'\nexport const a = site\n" },
    'import-direction',
  ],
  [
    'a page imports Node',
    { 'src/web/a.ts': "import { createHash } from 'node:crypto'\nexport const a = createHash\n" },
    'web-reaches-node',
  ],
  [
    'a page reaches Node through two files',
    {
      'src/web/a.ts': "import { b } from '../x509/b.ts'\nexport const a = b\n",
      'src/x509/b.ts': "export const b = () => import('./c.ts')\n",
      'src/x509/c.ts': "\nimport { type KeyObject } from 'node:crypto'\nexport type Key = KeyObject\n",
    },
    'web-reaches-node',
    2,
  ],
  [
    'what a site imports runs code of the server',
    { 'src/client/a.ts': "import { site } from '../domain/site.ts'\nexport const a = site\n" },
    'import-direction',
  ],
  [
    'what a site imports names a type, but loads the server',
    { 'src/client/a.ts': "import { type site } from '../domain/site.ts'\nexport type A = typeof site\n" },
    'import-direction',
  ],
  [
    'an example reaches into the server',
    { 'examples/a.ts': "import { site } from '../src/domain/site.ts'\nsite.map(String)\n" },
    'import-direction',
  ],
  [
    'the service imports a test',
    { 'scripts/a.ts': "import { tested } from '../test/main.test.ts'\nexport const a = tested\n" },
    'import-direction',
  ],
  ['a folder that the house does not have', { 'src/utils/a.ts': 'export const a = 1\n' }, 'room-unknown'],
  [
    'an import of a folder that the house does not have',
    { 'src/main.ts': "import { a } from '../tools/a.ts'\nexport const main = a\n" },
    'room-unknown',
  ],
  [
    'a dynamic import that nobody can follow',
    { 'src/http/a.ts': 'export const a = (name: string) => import(name)\n' },
    'unreadable-import',
  ],
  [
    'a require that nobody can follow',
    { 'src/http/a.ts': 'export const a = (name: string) => require(name)\n' },
    'unreadable-import',
  ],
  [
    'a worker that nobody can follow',
    {
      'src/http/a.ts':
        "import { Worker } from 'node:worker_threads'\nexport const a = (name: string) => new Worker(name)\n",
    },
    'unreadable-import',
    2,
  ],
  [
    'an address of code that nobody can follow',
    { 'src/http/a.ts': 'export const a = (name: string) => new URL(name, import.meta.url)\n' },
    'unreadable-import',
  ],
  [
    'an import by an absolute path',
    { 'src/http/a.ts': "import a from '/tmp/a.ts'\nexport const b = a\n" },
    'unreadable-import',
  ],
  [
    'an import by a private alias',
    { 'src/http/a.ts': "import a from '#store'\nexport const b = a\n" },
    'unreadable-import',
  ],
  [
    'two files import each other',
    {
      'src/domain/a.ts': "import { b } from './b.ts'\nexport const a = b\n",
      'src/domain/b.ts': "\nimport { a } from './a.ts'\nexport const b = () => a\n",
    },
    'no-cycle',
    2,
  ],
  [
    'three files import each other, by types and dynamically',
    {
      'src/domain/a.ts': "import type { B } from './b.ts'\nexport type A = B | 1\n",
      'src/domain/b.ts': "export const b = () => import('./c.ts')\nexport type B = 1\n",
      'src/domain/c.ts': "export type { A } from './a.ts'\nexport const c = 1\n",
    },
    'no-cycle',
  ],
  [
    'two folders of a room need each other, though no two files do',
    {
      'src/domain/one/a.ts': "import { b } from '../two/b.ts'\nexport const a = b\n",
      'src/domain/two/b.ts': 'export const b = 1\n',
      'src/domain/two/c.ts': "\n\nimport type { D } from '../one/d.ts'\nexport const c: D = 1\n",
      'src/domain/one/d.ts': 'export type D = 1\n',
    },
    'no-cycle',
    3,
  ],
  [
    'a file imports itself',
    { 'src/domain/a.ts': "import * as self from './a.ts'\nexport const a = self\n" },
    'no-cycle',
  ],
  [
    'a barrel',
    { 'src/domain/index.ts': "export { site } from './site.ts'\nexport type { A } from '../errors.ts'\n" },
    'no-barrel',
  ],
  [
    'a barrel by import and export',
    { 'src/domain/index.ts': "import { site } from './site.ts'\nexport { site }\n" },
    'no-barrel',
  ],
  ['a star', { 'src/domain/a.ts': "export const a = 1\nexport * from './site.ts'\n" }, 'no-barrel', 2],
  ['a default export', { 'src/domain/a.ts': 'const a = 1\nexport default a\n' }, 'no-default-export', 2],
  ['a default function', { 'src/domain/a.ts': 'export default function a() {}\n' }, 'no-default-export'],
  ['a default by name', { 'src/domain/a.ts': 'const a = 1\nexport { a as default }\n' }, 'no-default-export', 2],
  ['any', { 'src/domain/a.ts': 'export const a = 1\nexport const b = a as any\n' }, 'no-any', 2],
  ['any inside of a type', { 'src/domain/a.ts': 'export type A = Record<string, any[]>\n' }, 'no-any'],
  ['a file over 300 lines', { 'src/domain/a.ts': long('') }, 'long-file', 301],
  ['a file over 300 lines with an empty reason', { 'src/domain/a.ts': long('// Long because: ') }, 'long-file', 301],
  [
    'http reads the environment',
    { 'src/http/a.ts': 'export const a = 1\nexport const home = process.env.HOME\n' },
    'ambient',
    2,
  ],
  ['http reads the environment by index', { 'src/http/a.ts': "export const a = process['env']\n" }, 'ambient'],
  [
    'http reads the environment from the global object',
    { 'src/http/a.ts': 'export const a = globalThis.process.env\n' },
    'ambient',
  ],
  [
    'http takes the environment apart',
    { 'src/http/a.ts': 'const { env: settings } = process\nexport const a = settings\n' },
    'ambient',
  ],
  [
    'http imports the environment',
    { 'src/http/a.ts': "import { env } from 'node:process'\nexport const a = env\n" },
    'ambient',
  ],
  [
    'http imports the process under another name',
    { 'src/http/a.ts': "import self from 'node:process'\nexport const a = () => self.exit(1)\n" },
    'ambient',
    2,
  ],
  ['the configuration reads the environment', { 'src/config.ts': 'export const config = process.env\n' }, 'ambient'],
  ['the authority ends the process', { 'ca/a.ts': 'export const a = () => process.exit(1)\n' }, 'ambient'],
]

t.test('the tree that the violations are planted in has none', async (t) => {
  t.same(violationsIn(t.testdir(nested(CLEAN))), [])
})

for (const [what, files, rule, line = 1] of PLANTED) {
  t.test(`caught: ${what}`, async (t) => {
    const found = violationsIn(t.testdir(nested({ ...CLEAN, ...files })))
    t.ok(
      found.some((violation) => violation.rule === rule && violation.line === line && violation.path in files),
      `${rule} at line ${line}`,
      { found },
    )
  })
}

t.test('a long file with its reason is allowed', async (t) => {
  t.same(violationsIn(t.testdir(nested({ ...CLEAN, 'src/domain/a.ts': long('// Long because: one table') }))), [])
})

t.test('the program tells file, line and rule, and exits 1; without violations it exits 0', async (t) => {
  const run = (folder: string) => spawnSync(process.execPath, [checker, folder], { encoding: 'utf8' })
  const bad = run(
    t.testdir(nested({ ...CLEAN, 'src/http/a.ts': "\nexport const a = () => import('../../ca/issue.ts')\n" })),
  )
  t.equal(bad.status, 1)
  t.match(bad.stderr, /^src\/http\/a\.ts:2 import-direction: /m)
  t.equal(run(t.testdir(nested(CLEAN))).status, 0)
  t.equal(run(t.testdir({})).status, 1, 'a place without code is no clean house')
})

t.test('this tree keeps the rules of the house', async (t) => {
  const files = readTree(root)
  t.ok(files.length > 100)
  t.same(findViolations(files), [])
})

function violationsIn(folder: string) {
  return findViolations(readTree(folder))
}

type Folder = { [name: string]: string | Folder }

/** Paths with slashes to the nested folders that tap's testdir takes. */
function nested(files: Readonly<Record<string, string>>): Folder {
  const tree: Folder = {}
  for (const [path, text] of Object.entries(files)) {
    const names = path.split('/')
    const folder = names.slice(0, -1).reduce<Folder>((at, name) => {
      at[name] ??= {}
      return at[name] as Folder
    }, tree)
    folder[names.at(-1)!] = text
  }
  return tree
}
