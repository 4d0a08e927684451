import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { type Asset, makeAsset } from '../page-assets.ts'

const WEB = new URL('../../web/', import.meta.url)

/** Browsers that have all that the page uses. */
const TARGETS = ['chrome111', 'edge111', 'firefox111', 'safari16.4']

let script: Promise<Asset> | undefined

/** The script of the enrollment page, made ready once for the process. */
export function enrollScript(): Promise<Asset> {
  script ??= loadEnrollScript(WEB).then((text) => makeAsset('enroll.js', 'text/javascript; charset=utf-8', text))
  return script
}

/**
 * The script as `npm run build` bundled it, or bundled here from the checkout's source.
 * @param folder of `enroll.js` or `enroll.ts`
 */
export function loadEnrollScript(folder: URL): Promise<string> {
  const built = new URL('enroll.js', folder)
  return existsSync(built) ? readFile(built, 'utf8') : bundleEnrollScript(new URL('enroll.ts', folder))
}

async function bundleEnrollScript(entry: URL): Promise<string> {
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
