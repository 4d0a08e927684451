import type { ReferenceKind } from './references.ts'

/** A part of the house whose imports follow one rule. */
export type Room = keyof typeof RULES

interface Rule {
  /** rooms that may be imported; one's own is always among them */
  readonly rooms: readonly string[] | 'all'
  /** rooms of which types may be imported, and nothing that runs */
  readonly types?: readonly string[]
  /** rooms whose files may be named, to be read or sent, not loaded */
  readonly files?: readonly string[]
  /** modules of Node */
  readonly builtins: readonly string[] | 'all'
  readonly packages: readonly string[] | 'all'
}

/** DESIGN section 2, one row for each room. What a row does not name is forbidden. */
export const RULES = {
  errors: { rooms: [], builtins: [], packages: [] },
  x509: { rooms: ['errors'], builtins: ['crypto'], packages: ['asn1js', 'pkijs', 'node-forge'] },
  domain: { rooms: ['x509', 'errors'], builtins: ['crypto'], packages: [] },
  checks: { rooms: ['domain', 'x509', 'errors'], builtins: ['crypto'], packages: 'all' },
  store: { rooms: ['domain', 'x509', 'errors'], builtins: 'all', packages: 'all' },
  events: { rooms: ['domain', 'x509', 'errors'], builtins: 'all', packages: 'all' },
  ca: { rooms: ['domain', 'x509', 'errors'], builtins: 'all', packages: 'all' },
  http: { rooms: ['domain', 'x509', 'errors'], files: ['web'], builtins: 'all', packages: 'all' },
  bridge: { rooms: ['domain', 'x509', 'errors', 'http'], builtins: 'all', packages: 'all' },
  web: { rooms: ['x509', 'errors'], builtins: [], packages: 'all' },
  client: { rooms: [], types: ['domain', 'x509', 'errors', 'http'], builtins: 'all', packages: 'all' },
  // the files beside main.ts: configuration, ports and the like
  process: { rooms: ['domain', 'x509', 'errors', 'http'], types: ['store'], builtins: 'all', packages: 'all' },
  main: { rooms: 'all', builtins: 'all', packages: 'all' },
  scripts: { rooms: 'all', builtins: 'all', packages: 'all' },
  examples: { rooms: ['client'], builtins: 'all', packages: 'all' },
  test: { rooms: 'all', builtins: 'all', packages: 'all' },
  bench: { rooms: 'all', builtins: 'all', packages: 'all' },
} as const satisfies Record<string, Rule>

/** Rooms that nobody imports but the tests of the house and the benches. */
const NOT_SHIPPED: readonly string[] = ['test', 'bench', 'examples']
const MAY_IMPORT_NOT_SHIPPED: readonly string[] = ['test', 'bench']

/** Folders whose files must not know each other though they share a room: the engines are twins. */
export const STRANGERS: readonly (readonly [string, string])[] = [['src/store/sqlite/', 'src/store/postgres/']]

/** Packages that are one room's business: importing them elsewhere walks around it. */
export const OWNED_PACKAGES: Readonly<Record<string, readonly string[] | undefined>> = {
  'better-sqlite3': ['store', 'test', 'bench'],
  pg: ['store', 'test', 'bench'],
}

/** What reaches out of the program, and the files (or folders) where it may stand. */
export const AMBIENT: readonly {
  readonly names: readonly string[]
  readonly allowed: readonly string[] | 'outside src/domain/'
}[] = [
  {
    names: ['process.env', 'process.exit', 'process.abort', 'process.reallyExit'],
    // The signer is a process of its own, which ends itself when its parent goes.
    // A site's tests must not run where its people are.
    allowed: [
      'src/client/testing.ts',
      'src/main.ts',
      'scripts/',
      'ca/signer.js',
      'ca/signer.ts',
      'bench/',
      'test/',
      'examples/',
    ],
  },
  { names: ['Date.now', 'new Date()', 'performance.now', 'Math.random'], allowed: 'outside src/domain/' },
]

/** Files that must export a default, because what reads them asks for one. */
export const DEFAULT_EXPORTS: readonly string[] = [
  'test/coverage-map.js',
  // it describes a module of CommonJS
  'src/x509/node-forge-des.d.ts',
]

/** The room of a file; undefined: it stands in a folder that the house does not have. */
export function roomOf(path: string): Room | undefined {
  const [top = '', second = '', ...deeper] = path.split('/')
  if (top !== 'src') return isRoom(top) ? top : undefined
  if (deeper.length === 0)
    return path === 'src/main.ts' ? 'main' : path.startsWith('src/errors.') ? 'errors' : 'process'
  return isRoom(second) && !OUTSIDE_SRC.includes(second) ? second : undefined
}

const OUTSIDE_SRC: readonly string[] = ['ca', 'scripts', 'examples', 'test', 'bench', 'main', 'process', 'errors']

function isRoom(name: string): name is Room {
  return Object.hasOwn(RULES, name)
}

/** Whether code of one room may import another room's. */
export function mayImport(from: Room, to: Room, kind: ReferenceKind): boolean {
  if (from === to) return true
  if (NOT_SHIPPED.includes(to) && !MAY_IMPORT_NOT_SHIPPED.includes(from)) return false
  const rule: Rule = RULES[from]
  const more = kind === 'type' ? rule.types : kind === 'url' ? rule.files : undefined
  return rule.rooms === 'all' || rule.rooms.includes(to) || more?.includes(to) === true
}

/** Whether a list of a rule names something. */
export function names(list: readonly string[] | 'all', name: string): boolean {
  return list === 'all' || list.includes(name)
}
