import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { type Asset, makeAsset } from './page-assets.ts'

const WEB = new URL('../web/', import.meta.url)

/** Browsers that have all that the pages use. */
const TARGETS = ['chrome111', 'edge111', 'firefox111', 'safari16.4']

const made = new Map<string, Promise<Asset>>()

/**
 * The script of a page, made ready once for the process.
 * @param name of its file in `src/web/`, as in `enroll`
 */
export function pageScript(name: string): Promise<Asset> {
  const known = made.get(name)
  if (known) return known
  const script = loadPageScript(name).then((text) => makeAsset(`${name}.js`, 'text/javascript; charset=utf-8', text))
  made.set(name, script)
  return script
}

/**
 * The script as `npm run build` bundled it, or bundled here from the checkout's source.
 * @param folder of `<name>.js` or `<name>.ts`
 */
export function loadPageScript(name: string, folder = WEB): Promise<string> {
  const built = new URL(`${name}.js`, folder)
  return existsSync(built) ? readFile(built, 'utf8') : bundle(new URL(`${name}.ts`, folder))
}

async function bundle(entry: URL): Promise<string> {
  const { build } = await import('esbuild')
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(entry)],
    bundle: true,
    write: false,
    format: 'esm',
    minify: true,
    target: TARGETS,
    legalComments: 'none',
  })
  return outputFiles[0]!.text
}
