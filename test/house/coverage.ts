import { readFileSync } from 'node:fs'
import { relative } from 'node:path'

// What `npm test` ends with: no file may be less covered by its own tests than this. Which tests are a file's own says
// test/coverage-map.js; that there are any, test/house/twins.test.ts.

type Measure = 'lines' | 'functions' | 'branches'
type Report = Readonly<
  Record<string, Readonly<Record<Measure, { readonly pct: number; readonly total: number; readonly covered: number }>>>
>

/** Percent. */
const LEAST: Readonly<Record<Measure, number>> = { lines: 90, functions: 80, branches: 80 }

/** So many may be left out of any file: in a small one, a `??` for the type's sake is a third of its branches. */
const LEFT_OUT: Readonly<Record<Measure, number>> = { lines: 0, functions: 0, branches: 2 }

/** Files of which a part runs where nothing is counted. */
const LESS: Readonly<Record<string, Partial<Record<Measure, number>>>> = {
  // its transactions run in the writer's thread
  'src/store/sqlite/connection.ts': { lines: 75, functions: 50 },
}

const report = JSON.parse(readFileSync('.tap/report/coverage-summary.json', 'utf8')) as Report
let faults = 0
for (const [file, measured] of Object.entries(report)) {
  const path = relative(process.cwd(), file)
  if (file === 'total') continue
  for (const [measure, least] of Object.entries({ ...LEAST, ...LESS[path] })) {
    const { pct, total, covered } = measured[measure as Measure]
    if (pct >= least || total - covered <= LEFT_OUT[measure as Measure]) continue
    process.stderr.write(`${path}: its own tests cover ${pct} % of its ${measure}; at least ${least} % is asked for\n`)
    faults++
  }
}
process.exitCode = faults === 0 ? 0 : 1
