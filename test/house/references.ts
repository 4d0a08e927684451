import { isBuiltin } from 'node:module'
import { posix } from 'node:path'
import ts from 'typescript'

/** How a file points at another. `type` leaves nothing behind at run time; all others load code. */
export type ReferenceKind = 'static' | 'type' | 'dynamic' | 'url' | 'require'

/** Where a reference leads: a file of the tree, a module of Node, a package, or somewhere that cannot be read from the text. */
export type Target =
  | { readonly of: 'file'; readonly path: string }
  | { readonly of: 'builtin'; readonly name: string }
  | { readonly of: 'package'; readonly name: string }
  | { readonly of: 'unreadable'; readonly text: string }

export interface Reference {
  readonly kind: ReferenceKind
  readonly target: Target
  readonly line: number
}

/** Reads every reference of one file: static, type, re-export, dynamic, worker and file addresses, require. */
export function readReferences(source: ts.SourceFile): readonly Reference[] {
  const names = loaderNames(source)
  const found: Reference[] = []
  const add = (node: ts.Node, kind: ReferenceKind, specifiers: readonly string[] | undefined): void => {
    const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1
    const targets = specifiers?.map((specifier) => resolve(source.fileName, specifier))
    for (const target of targets ?? [{ of: 'unreadable', text: node.getText(source).slice(0, 60) } as const]) {
      if (kind !== 'url' || pointsAtCode(target)) found.push({ kind, target, line })
    }
  }
  const visit = (node: ts.Node): void => {
    for (const read of READERS) read(node, names, add)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

type Add = (node: ts.Node, kind: ReferenceKind, specifiers: readonly string[] | undefined) => void
type Reader = (node: ts.Node, names: LoaderNames, add: Add) => void

const READERS: readonly Reader[] = [readStatic, readImportType, readDynamic, readRequire, readAddress, readWorker]

function readStatic(node: ts.Node, _names: LoaderNames, add: Add): void {
  if (ts.isImportDeclaration(node)) {
    // `import { type A }` is no type import: the module is still loaded (verbatimModuleSyntax).
    const typeOnly = node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword
    add(node, typeOnly ? 'type' : 'static', literals(node.moduleSpecifier))
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier) {
    add(node, node.isTypeOnly ? 'type' : 'static', literals(node.moduleSpecifier))
  }
  if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference)) {
    add(node, node.isTypeOnly ? 'type' : 'require', literals(node.moduleReference.expression))
  }
}

function readImportType(node: ts.Node, _names: LoaderNames, add: Add): void {
  if (ts.isImportTypeNode(node))
    add(node, 'type', ts.isLiteralTypeNode(node.argument) ? literals(node.argument.literal) : undefined)
}

function readDynamic(node: ts.Node, _names: LoaderNames, add: Add): void {
  if (!ts.isCallExpression(node)) return
  const { expression } = node
  const resolves =
    ts.isPropertyAccessExpression(expression) &&
    ts.isMetaProperty(expression.expression) &&
    expression.name.text === 'resolve'
  if (expression.kind === ts.SyntaxKind.ImportKeyword || resolves) add(node, 'dynamic', literals(node.arguments[0]))
}

/** `require`, `require.resolve`, `createRequire(…)(…)`, what createRequire was assigned to, and getBuiltinModule. */
function readRequire(node: ts.Node, names: LoaderNames, add: Add): void {
  if (!ts.isCallExpression(node)) return
  const { expression } = node
  const callee =
    ts.isPropertyAccessExpression(expression) && expression.name.text === 'resolve' ? expression.expression : expression
  const loads = (ts.isIdentifier(callee) && names.requires.has(callee.text)) || isCreateRequire(callee, names)
  const builtin = ts.isPropertyAccessExpression(expression) && expression.name.text === 'getBuiltinModule'
  if (loads || builtin) add(node, 'require', literals(node.arguments[0]))
}

/** `new URL('./x.ts', import.meta.url)`: how workers, child processes and bundles name their file. */
function readAddress(node: ts.Node, _names: LoaderNames, add: Add): void {
  if (isOwnAddress(node)) add(node, 'url', literals(node.arguments?.[0]))
}

/** A worker's file must be readable: an address made in place or in a constant of this file. */
function readWorker(node: ts.Node, names: LoaderNames, add: Add): void {
  if (!ts.isNewExpression(node) || node.expression.getText().split('.').at(-1) !== 'Worker') return
  const file = node.arguments?.[0]
  if (file && (isOwnAddress(file) || (ts.isIdentifier(file) && names.addresses.has(file.text)))) return
  add(node, 'dynamic', undefined)
}

interface LoaderNames {
  /** what can be called like require */
  readonly requires: Set<string>
  /** createRequire under its local names */
  readonly makers: Set<string>
  /** constants that hold `new URL(…, import.meta.url)` */
  readonly addresses: Set<string>
}

function loaderNames(source: ts.SourceFile): LoaderNames {
  const names: LoaderNames = {
    requires: new Set(['require']),
    makers: new Set(['createRequire']),
    addresses: new Set(),
  }
  const visit = (node: ts.Node): void => {
    if (ts.isImportSpecifier(node) && node.propertyName?.text === 'createRequire') names.makers.add(node.name.text)
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.initializer) {
      if (isCreateRequire(node.initializer, names)) names.requires.add(node.name.text)
      if (isOwnAddress(node.initializer)) names.addresses.add(node.name.text)
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return names
}

function isCreateRequire(node: ts.Node, names: LoaderNames): boolean {
  if (!ts.isCallExpression(node)) return false
  const { expression } = node
  if (ts.isPropertyAccessExpression(expression)) return expression.name.text === 'createRequire'
  return ts.isIdentifier(expression) && names.makers.has(expression.text)
}

function isOwnAddress(node: ts.Node): node is ts.NewExpression {
  if (!ts.isNewExpression(node) || node.expression.getText() !== 'URL') return false
  const base = node.arguments?.[1]
  return base !== undefined && ts.isPropertyAccessExpression(base) && ts.isMetaProperty(base.expression)
}

/** A relative address whose first folder or name is written out. */
const NAMED_START = /^\.{1,2}\/(?:\.\.\/)*[^./]/

/** The texts that an expression can be, or what each begins with; undefined: it cannot be read. */
function literals(node: ts.Node | undefined): readonly string[] | undefined {
  if (!node) return undefined
  if (ts.isStringLiteralLike(node)) return [node.text]
  // Enough to tell the room, where the folder is written out: `./writer-thread${…}`.
  if (ts.isTemplateExpression(node)) return NAMED_START.test(node.head.text) ? [`${node.head.text}*.js`] : undefined
  if (!ts.isConditionalExpression(node)) return undefined
  const [yes, no] = [literals(node.whenTrue), literals(node.whenFalse)]
  return yes && no && [...yes, ...no]
}

function resolve(from: string, specifier: string): Target {
  if (/^\.{1,2}(\/|$)/.test(specifier)) {
    return { of: 'file', path: posix.join(posix.dirname(from), specifier) }
  }
  if (isBuiltin(specifier)) return { of: 'builtin', name: specifier.replace(/^node:/, '') }
  const name = /^(?:@[a-z0-9._-]+\/)?[a-z0-9_][a-z0-9._-]*(?=\/|$)/i.exec(specifier)?.[0]
  return name === undefined ? { of: 'unreadable', text: specifier } : { of: 'package', name }
}

/** Data files and folders are no imports. What cannot be read might be code. */
function pointsAtCode(target: Target): boolean {
  return target.of === 'unreadable' || (target.of === 'file' && /\.[cm]?[jt]sx?$/.test(target.path))
}
