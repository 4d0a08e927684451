import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { type Asset, makeAsset } from '../page-assets.ts'

const WEB = new URL('../../web/', import.meta.url)

/** Where `npm run build` puts the bundle, beside the sources' JavaScript. */
const PREBUILT = new URL('enroll.bundle.js', WEB)

/** Browsers that have all that the page uses. */
const TARGETS = ['chrome111', 'edge111', 'firefox111', 'safari16.4']

let script: Promise<Asset> | undefined

/** The script of the enrollment page: as it was built, or bundled from the checkout, once for the process. */
export function enrollScript(): Promise<Asset> {
  script ??= loadScript().then((text) => makeAsset('enroll.js', 'text/javascript; charset=utf-8', text))
  return script
}

/** Bundles the page's script; `npm run build` writes it to `enroll.bundle.js`. */
export async function bundleEnrollScript(): Promise<string> {
  const { build } = await import('esbuild')
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('enroll.ts', WEB))],
    bundle: true,
    write: false,
    format: 'esm',
    minify: true,
    target: TARGETS,
    legalComments: 'none',
  })
  return outputFiles[0]!.text
}

function loadScript(): Promise<string> {
  return existsSync(PREBUILT) ? readFile(PREBUILT, 'utf8') : bundleEnrollScript()
}
