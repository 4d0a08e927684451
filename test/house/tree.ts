import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { type Reference, readReferences } from './references.ts'

/** One file of the tree, read and parsed. */
export interface HouseFile {
  /** from the tree's root, with slashes */
  readonly path: string
  readonly source: ts.SourceFile
  readonly references: readonly Reference[]
}

const FOLDERS = ['ca', 'scripts', 'src', 'test', 'bench', 'examples']
const CODE = /\.[cm]?[jt]sx?$/

/** Reads all code of the project below `root`. */
export function readTree(root: string): readonly HouseFile[] {
  return FOLDERS.filter((folder) => existsSync(join(root, folder))).flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
      .filter((path) => CODE.test(path) && !path.includes('/node_modules/') && !path.includes('/dist/'))
      .sort()
      .map((path) => readHouseFile(path, readFileSync(join(root, path), 'utf8'))),
  )
}

function readHouseFile(path: string, text: string): HouseFile {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  return { path, source, references: readReferences(source) }
}
