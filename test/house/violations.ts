import ts from 'typescript'
import type { Reference } from './references.ts'
import {
  AMBIENT,
  DEFAULT_EXPORTS,
  mayImport,
  names,
  OWNED_PACKAGES,
  type Room,
  RULES,
  roomOf,
  STRANGERS,
} from './rooms.ts'
import type { HouseFile } from './tree.ts'

/** The rules of the house, as they are named in the output. */
export type RuleName =
  | 'room-unknown'
  | 'import-direction'
  | 'builtin'
  | 'package'
  | 'unreadable-import'
  | 'no-cycle'
  | 'web-reaches-node'
  | 'no-barrel'
  | 'no-default-export'
  | 'no-any'
  | 'ambient'
  | 'long-file'

export interface Violation {
  readonly path: string
  readonly line: number
  readonly rule: RuleName
  readonly text: string
}

/** Holds a whole tree to all rules. */
export function findViolations(files: readonly HouseFile[]): readonly Violation[] {
  const found = [...files.flatMap(checkFile), ...findCycles(files), ...findNodeInPages(files)]
  return found.sort((a, b) => a.path.localeCompare(b.path) || a.line - b.line)
}

function checkFile(file: HouseFile): readonly Violation[] {
  return [...checkReferences(file), ...checkBarrel(file), ...checkLength(file), ...checkSyntax(file)]
}

function checkReferences(file: HouseFile): readonly Violation[] {
  const room = roomOf(file.path)
  if (!room)
    return [
      { path: file.path, line: 1, rule: 'room-unknown', text: 'this folder stands in no row of test/house/rooms.ts' },
    ]
  return file.references.flatMap((reference) => {
    const fault = judge(file.path, room, reference)
    return fault ? [{ path: file.path, line: reference.line, rule: fault[0], text: fault[1] }] : []
  })
}

function judge(path: string, room: Room, { target, kind }: Reference): readonly [RuleName, string] | undefined {
  switch (target.of) {
    case 'unreadable':
      // Where everything may be imported, nothing can hide behind a name that is made at run time.
      if (RULES[room].rooms === 'all') return undefined
      return ['unreadable-import', `${target.text} cannot be followed: name the module by a literal`]
    case 'builtin':
      return names(RULES[room].builtins, target.name)
        ? undefined
        : ['builtin', `${room} does not import node:${target.name}`]
    case 'package': {
      const fine = names(RULES[room].packages, target.name) && (OWNED_PACKAGES[target.name] ?? [room]).includes(room)
      return fine ? undefined : ['package', `${room} does not import the package ${target.name}`]
    }
    case 'file': {
      const to = roomOf(target.path)
      if (!to) return ['room-unknown', `${target.path} stands in no room`]
      if (!mayImport(room, to, kind)) return ['import-direction', `${room} does not import ${to} (${target.path})`]
      return areStrangers(path, target.path)
        ? ['import-direction', `${path} and ${target.path} are twins and do not know each other`]
        : undefined
    }
  }
}

function areStrangers(a: string, b: string): boolean {
  return STRANGERS.some((pair) => pair.some((one, i) => a.startsWith(one) && b.startsWith(pair[1 - i]!)))
}

/** A file that holds nothing of its own and only passes on what others export. */
function checkBarrel({ path, source }: HouseFile): readonly Violation[] {
  const passes = source.statements.filter((node) => ts.isExportDeclaration(node))
  const own = source.statements.filter((node) => !ts.isExportDeclaration(node) && !ts.isImportDeclaration(node))
  const star = passes.find((node) => node.exportClause === undefined)
  const line = star && lineOf(source, star)
  if (line !== undefined) return [{ path, line, rule: 'no-barrel', text: '`export *` hides what is exported' }]
  if (passes.length === 0 || own.length > 0) return []
  return [{ path, line: 1, rule: 'no-barrel', text: 'a file that only re-exports: import from where things are made' }]
}

const LONGEST = 300
/** The reason stands within the first lines, where a reader meets it. */
const REASON_WITHIN = 30

function checkLength({ path, source }: HouseFile): readonly Violation[] {
  const lines = source.text.split('\n')
  const length = lines.at(-1) === '' ? lines.length - 1 : lines.length
  if (length <= LONGEST || lines.slice(0, REASON_WITHIN).some((line) => /^\/\/ Long because: \S/.test(line))) return []
  return [
    {
      path,
      line: LONGEST + 1,
      rule: 'long-file',
      text: `${length} lines: split it along a noun, or give a line "// Long because: …"`,
    },
  ]
}

function checkSyntax({ path, source }: HouseFile): readonly Violation[] {
  const found: Violation[] = []
  const processNames = namesOfProcess(source)
  const visit = (node: ts.Node): void => {
    const add = (rule: RuleName, text: string) => void found.push({ path, line: lineOf(source, node), rule, text })
    if (node.kind === ts.SyntaxKind.AnyKeyword) add('no-any', 'name the type, or `unknown`')
    if (isDefaultExport(node) && !DEFAULT_EXPORTS.includes(path)) add('no-default-export', 'export it by its name')
    const ambient = ambientName(node, processNames)
    if (ambient !== undefined && !mayStand(ambient, path))
      add('ambient', `${ambient} has no place here: take it as an argument`)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

function isDefaultExport(node: ts.Node): boolean {
  if (ts.isExportAssignment(node)) return true
  if (ts.isExportSpecifier(node)) return node.name.text === 'default'
  return (
    ts.canHaveModifiers(node) &&
    (ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword) ?? false)
  )
}

function namesOfProcess(source: ts.SourceFile): ReadonlySet<string> {
  const imports = source.statements
    .filter((node) => ts.isImportDeclaration(node))
    .filter((node) => isProcessModule(node))
  const bound = imports.flatMap(({ importClause }) => {
    const { name, namedBindings } = importClause ?? {}
    return [name, namedBindings && ts.isNamespaceImport(namedBindings) ? namedBindings.name : undefined]
  })
  return new Set(['process', ...bound.flatMap((name) => (name ? [name.text] : []))])
}

function isProcessModule(node: ts.ImportDeclaration): boolean {
  return ts.isStringLiteral(node.moduleSpecifier) && /^(node:)?process$/.test(node.moduleSpecifier.text)
}

/** What of the outer world a node touches: `process.env`, `process['env']`, `{ env } = process`, an import of it, the clock. */
function ambientName(node: ts.Node, processNames: ReadonlySet<string>): string | undefined {
  if (ts.isPropertyAccessExpression(node)) return member(node.expression, node.name.text, processNames)
  if (ts.isElementAccessExpression(node) && ts.isStringLiteralLike(node.argumentExpression)) {
    return member(node.expression, node.argumentExpression.text, processNames)
  }
  if (ts.isNewExpression(node) && node.expression.getText() === 'Date' && !node.arguments?.length) return 'new Date()'
  if (ts.isBindingElement(node) && ts.isVariableDeclaration(node.parent.parent) && node.parent.parent.initializer) {
    return member(node.parent.parent.initializer, (node.propertyName ?? node.name).getText(), processNames)
  }
  if (ts.isImportSpecifier(node)) {
    const declaration = node.parent.parent.parent
    if (ts.isImportDeclaration(declaration) && isProcessModule(declaration)) {
      return `process.${(node.propertyName ?? node.name).text}`
    }
  }
  return undefined
}

function member(owner: ts.Expression, name: string, processNames: ReadonlySet<string>): string {
  const ownerName = owner.getText().replace(/^globalThis\./, '')
  return `${processNames.has(ownerName) ? 'process' : ownerName}.${name}`
}

function mayStand(ambient: string, path: string): boolean {
  return AMBIENT.every(({ names: of, allowed }) => {
    if (!of.includes(ambient)) return true
    if (allowed === 'outside src/domain/') return !path.startsWith('src/domain/')
    return allowed.some((place) => path === place || (place.endsWith('/') && path.startsWith(place)))
  })
}

/** An import, as what goes from one place to another. */
interface Arrow {
  readonly to: string
  readonly path: string
  readonly line: number
}

/** Of files, and of the folders inside a room: two that need each other are one. */
function findCycles(files: readonly HouseFile[]): readonly Violation[] {
  const arrows = new Map(files.map((file) => [file.path, arrowsOf(file)]))
  const folders = Map.groupBy(files, ({ path }) => folderOf(path))
  const between = [...folders].map(([folder, inside]) => {
    const leaving = inside.flatMap(arrowsOf).map((arrow) => ({ ...arrow, to: folderOf(arrow.to) }))
    return [folder, leaving.filter(({ to }) => to !== folder && to !== '')] as const
  })
  return [...cyclesAmong(arrows), ...cyclesAmong(new Map(between.filter(([folder]) => folder !== '')))]
}

/** Types count. An address does not: what is started in another thread or process is not loaded here. */
function arrowsOf({ path, references }: HouseFile): readonly Arrow[] {
  return references.flatMap(({ target, line, kind }) =>
    target.of === 'file' && kind !== 'url' ? [{ to: target.path, path, line }] : [],
  )
}

/** The folder inside a room, as in `src/domain/site/`; empty for what stands in the room itself. */
function folderOf(path: string): string {
  return /^src\/[^/]+\/[^/]+\//.exec(path)?.[0] ?? ''
}

/** Each cycle once, at the import that closes it. */
function cyclesAmong(places: ReadonlyMap<string, readonly Arrow[]>): readonly Violation[] {
  const done = new Set<string>()
  const found: Violation[] = []
  const walk = (place: string, trail: readonly string[]): void => {
    if (done.has(place)) return
    const here = [...trail, place]
    for (const { to, path, line } of places.get(place) ?? []) {
      const start = here.indexOf(to)
      if (start === -1) walk(to, here)
      else found.push({ path, line, rule: 'no-cycle', text: [...here.slice(start), to].join(' -> ') })
    }
    done.add(place)
  }
  for (const place of places.keys()) walk(place, [])
  return found
}

/** Pages run in browsers: no file that they load, through however many others, may need Node. */
function findNodeInPages(files: readonly HouseFile[]): readonly Violation[] {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const reached = new Set<HouseFile>(files.filter(({ path }) => roomOf(path) === 'web'))
  for (const { references } of reached) {
    for (const { target, kind } of references) {
      const next = target.of === 'file' && kind !== 'type' ? byPath.get(target.path) : undefined
      if (next) reached.add(next)
    }
  }
  return [...reached].flatMap(({ path, references }) =>
    references
      .filter(({ target, kind }) => target.of === 'builtin' && kind !== 'type')
      .map(({ line }) => ({
        path,
        line,
        rule: 'web-reaches-node' as const,
        text: 'a page loads this file, and a browser has no Node',
      })),
  )
}

function lineOf(source: ts.SourceFile, node: ts.Node): number {
  return source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1
}
