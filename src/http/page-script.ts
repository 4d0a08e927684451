import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'esbuild'
import { type Asset, makeAsset } from './page-assets.ts'

/** A page's script, whole but for what few people need. */
export interface PageScript extends Asset {
  /** what it loads only when that is asked for, each whole in itself */
  readonly parts: readonly Asset[]
}

/** A script as text. */
interface Bundle {
  readonly text: string
  readonly parts: readonly Asset[]
}

const WEB = new URL('../web/', import.meta.url)
const MEDIA_TYPE = 'text/javascript; charset=utf-8'

/** Browsers that have all that the pages use. */
const TARGETS = ['chrome111', 'edge111', 'firefox111', 'safari16.4']

const made = new Map<string, Promise<PageScript>>()

/**
 * The script of a page, made ready once for the process.
 * @param name of its file in `src/web/`, as in `enroll`
 */
export function pageScript(name: string): Promise<PageScript> {
  const known = made.get(name)
  if (known) return known
  const script = loadPageScript(name).then(({ text, parts }) => ({
    ...makeAsset(`${name}.js`, MEDIA_TYPE, text),
    parts,
  }))
  made.set(name, script)
  return script
}

/**
 * The script as `npm run build` bundled it, or bundled here from the checkout's source.
 * @param folder of `<name>.js` or `<name>.ts`
 */
export function loadPageScript(name: string, folder = WEB): Promise<Bundle> {
  const built = new URL(`${name}.js`, folder)
  return existsSync(built) ? readBundle(built) : bundlePageScript(fileURLToPath(new URL(`${name}.ts`, folder)))
}

async function readBundle(built: URL): Promise<Bundle> {
  const text = await readFile(built, 'utf8')
  const names = Array.from(text.matchAll(/\bimport\("\.\/([\w.-]+\.js)"\)/g), ([, name]) => name!)
  const parts = names.map(async (name) => ({
    address: `/assets/${name}`,
    type: MEDIA_TYPE,
    body: await readFile(new URL(name, built)),
  }))
  return { text, parts: await Promise.all(parts) }
}

/**
 * Bundles a script with all that it imports; what it imports dynamically becomes a part of its own, named by its content.
 * @param entry path of a TypeScript file
 */
export async function bundlePageScript(entry: string): Promise<Bundle> {
  const { build } = await import('esbuild')
  const parts: Asset[] = []
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'esm',
    minify: true,
    target: TARGETS,
    legalComments: 'none',
    plugins: [apart(parts)],
  })
  return { text: outputFiles[0]!.text, parts }
}

/** esbuild's own splitting would take what both have in common out into a third file, which every page had to wait for. */
function apart(parts: Asset[]): Plugin {
  return {
    name: 'apart',
    setup: (build) =>
      build.onResolve({ filter: /^\./ }, async ({ kind, path, resolveDir }) => {
        if (kind !== 'dynamic-import') return undefined
        const part = await bundlePageScript(join(resolveDir, path))
        const asset = makeAsset(basename(path).replace(/\.ts$/, '.js'), MEDIA_TYPE, part.text)
        parts.push(asset, ...part.parts)
        return { path: `./${basename(asset.address)}`, external: true }
      }),
  }
}
