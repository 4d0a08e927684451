import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { IdentityError } from '../src/errors.ts'
import { IS_CHECKOUT, PACKAGE, packageManifest } from './package-place.ts'

/** Files of a folder: name to content. */
export type FolderFiles = Readonly<Record<string, string>>

/** The library runs on this Node and on later ones. */
export const OLDEST_NODE = 22

/**
 * What a site imports, as a package that needs nothing but Node: the site's folder can go anywhere with it.
 * @throws IdentityError internal: it could not be compiled
 */
export function clientPackage(): FolderFiles {
  const manifest = {
    name: 'countersign',
    version: packageManifest().version,
    description: 'What a site imports of Countersign.',
    type: 'module',
    engines: { node: `>=${OLDEST_NODE}` },
    exports: { './client': { types: './countersign.d.ts', default: './countersign.js' } },
  }
  const compiled = IS_CHECKOUT ? compile() : readFolder(join(PACKAGE, 'src', 'client'))
  return { 'package.json': `${JSON.stringify(manifest, null, 2)}\n`, ...compiled }
}

/** Whether the library runs on a Node of this version. @param version as in `v22.1.0` */
export function runsOn(version: string): boolean {
  return Number(/^v(\d+)\./.exec(version)?.[1] ?? 0) >= OLDEST_NODE
}

/** The checkout has TypeScript, which Node does not load from a package. */
function compile(): FolderFiles {
  const out = mkdtempSync(join(tmpdir(), 'countersign-client-'))
  try {
    const compiler = join(PACKAGE, 'node_modules', 'typescript', 'bin', 'tsc')
    const args = [compiler, '--project', join(PACKAGE, 'tsconfig.client.json'), '--outDir', out]
    const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' })
    if (status === 0) return readFolder(out)
    throw new IdentityError('internal', `The library could not be compiled. Is all installed? Try: npm ci\n${stdout}`)
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
}

function readFolder(folder: string): FolderFiles {
  return Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]))
}
