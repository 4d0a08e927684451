import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundlePageScript } from '../src/http/page-script.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const OUT = join(ROOT, 'dist')
const WEB = join(ROOT, 'src', 'web')

/** The version check must run before anything else is loaded, so it stays a file of its own. */
const ENTRY = `#!/usr/bin/env node
import './scripts/node-version.js'

const { run } = await import('./scripts/countersign.js')
await run(process.argv)
`

/** What a package ships: JavaScript and types, the browser's bundles and assets, the entry. @returns the exit code */
export async function build(): Promise<number> {
  rmSync(OUT, { recursive: true, force: true })
  const compiled = compile()
  if (compiled !== 0) return compiled
  await bundlePages()
  copyFileSync(join(ROOT, 'scripts', 'node-version.js'), join(OUT, 'scripts', 'node-version.js'))
  writeFileSync(join(OUT, 'countersign.js'), ENTRY)
  chmodSync(join(OUT, 'countersign.js'), 0o755)
  process.stdout.write(`Built into ${OUT}. Try: node dist/countersign.js --help\n`)
  return 0
}

function compile(): number {
  const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')
  const { status } = spawnSync(process.execPath, [compiler, '-p', join(ROOT, 'tsconfig.build.json')], {
    stdio: 'inherit',
  })
  return status ?? 1
}

/** Every script of src/web is one page's; what it imports goes into it, or lies beside it. */
async function bundlePages(): Promise<void> {
  const out = join(OUT, 'src', 'web')
  for (const file of readdirSync(WEB)) {
    if (!file.endsWith('.ts')) {
      copyFileSync(join(WEB, file), join(out, file))
      continue
    }
    const { text, parts } = await bundlePageScript(join(WEB, file))
    writeFileSync(join(out, file.replace(/\.ts$/, '.js')), text)
    for (const { address, body } of parts) writeFileSync(join(out, basename(address)), body)
  }
}
