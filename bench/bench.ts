import { parseArgs } from 'node:util'
import { benchClient } from './client.ts'
import type { Bench } from './figures.ts'
import { benchHostile } from './hostile.ts'
import { benchIssue } from './issue.ts'
import { benchNoisy } from './noisy.ts'
import { benchPages } from './pages.ts'
import { benchRevoke } from './revoke.ts'
import { benchTrust } from './trust.ts'
import { benchVerdict } from './verdict.ts'

const BENCHES: Readonly<Record<string, Bench | undefined>> = {
  verdict: benchVerdict,
  issue: benchIssue,
  hostile: benchHostile,
  pages: benchPages,
  revoke: benchRevoke,
  client: benchClient,
  noisy: benchNoisy,
  trust: benchTrust,
}

/** `npm run bench -- NAME [--json] [--only FIGURE]…`: with --json the last line is the figures alone. */
export async function bench(args: readonly string[]): Promise<void> {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false }, only: { type: 'string', multiple: true, default: [] } },
  })
  const chosen = BENCHES[positionals[0] ?? '']
  if (!chosen || positionals.length > 1) {
    process.stderr.write(`Name one bench: npm run bench -- ${Object.keys(BENCHES).join(' | ')} [--json]\n`)
    process.exit(2)
  }
  const print = (line: string): void => void process.stdout.write(`${line}\n`)
  const figures = await chosen({ print, only: values.only })
  if (values.json) process.stdout.write(`${JSON.stringify(figures)}\n`)
}
