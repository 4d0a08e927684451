import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundlePageScript } from '../src/http/page-script.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const WEB = join(ROOT, 'src', 'web')

/** The version check must run before anything else is loaded, so it stays a file of its own. */
const ENTRY = `#!/usr/bin/env node
import './scripts/node-version.js'

const { run } = await import('./scripts/countersign.js')
await run(process.argv)
`

/** What a package ships, and the package itself: `npm pack ./dist` makes a tarball of it. @returns the exit code */
export async function build(out = join(ROOT, 'dist')): Promise<number> {
  rmSync(out, { recursive: true, force: true })
  const compiled = compile(out)
  if (compiled !== 0) return compiled
  await bundlePages(out)
  copyFileSync(join(ROOT, 'scripts', 'node-version.js'), join(out, 'scripts', 'node-version.js'))
  cpSync(join(ROOT, 'examples', 'node'), join(out, 'examples', 'node'), { recursive: true })
  writeFileSync(join(out, 'countersign.js'), ENTRY)
  chmodSync(join(out, 'countersign.js'), 0o755)
  writeFileSync(join(out, 'package.json'), `${JSON.stringify(manifest(), null, 2)}\n`)
  process.stdout.write(`Built into ${out}. Try: node dist/countersign.js --help\n`)
  return 0
}

/** The checkout's own, without what is needed to work on it; paths count from where it lies. */
function manifest(): object {
  const { scripts, devDependencies, exports, ...kept } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  return {
    ...kept,
    exports: JSON.parse(JSON.stringify(exports).replaceAll('./dist/', './')),
    bin: { countersign: 'countersign.js' },
  }
}

/** Types are for those who import something, and what can be imported is the library. */
function compile(out: string): number {
  return (
    runCompiler('tsconfig.build.json', out) ||
    runCompiler('tsconfig.client.json', join(out, 'src', 'client'), '--emitDeclarationOnly')
  )
}

function runCompiler(project: string, out: string, ...more: readonly string[]): number {
  const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')
  const args = [compiler, '--project', join(ROOT, project), '--outDir', out, ...more]
  return spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1
}

/** Every script of src/web is one page's; what it imports goes into it, or lies beside it. */
async function bundlePages(shipped: string): Promise<void> {
  const out = join(shipped, 'src', 'web')
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
