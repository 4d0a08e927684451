import t from 'tap'
import ts from 'typescript'
import coverageMap from '../coverage-map.js'
import { type HouseFile, readTree } from './tree.ts'

/** Code that no test of its own covers, and what does. */
const WITHOUT_TWIN: Readonly<Record<string, string>> = {
  'src/errors.ts': 'one class without a branch; every refusal that a test sees is made by it',
  'src/client/countersign-error.ts': 'the same, for what a site meets',
  'src/system-clock.ts': 'one line',
  'src/main.ts': 'starts the whole service, which test/e2e does in a process of its own',
  'src/listeners.ts': 'the same',
  'src/listener-identity.ts': 'the same',
  'src/workers.ts': 'the same',
  'src/http/api/schemas.ts': 'tables; test/http/api/query and test/house/openapi hold the surface to them',
  'src/http/api/ssf-schemas.ts': 'tables; test/http/api/ssf-streams and ssf-poll hold the surface to them',
  'src/store/sqlite/writer-thread.ts':
    'runs in a thread, where nothing is counted; every test of the SQLite store goes through it',
  'src/web/add-passkey.ts': 'the page itself, which test/e2e/account opens in Chromium',
  'src/web/enroll.ts': 'the page itself, which test/e2e/browser opens in Chromium',
  'src/web/keepsakes.ts': 'parts of that page, which test/e2e/enrollment opens in Chromium',
  'src/web/new-check.ts': 'the same',
  'src/web/new-codes.ts': 'the page itself, which test/e2e/browser opens in Chromium and Firefox',
  'src/web/page-parts.ts': 'the same',
  'src/web/saving.ts': 'the same',
  'src/web/passkey.ts': 'the page itself, which test/e2e/passkey opens in Chromium',
  'src/web/check.ts': 'the page itself, which test/e2e/certificate-check opens in Chromium and Firefox',
  'src/web/eviction.ts': 'what it does only a browser has: the same test sees it',
}

const root = new URL('../..', import.meta.url).pathname
const tree = new Map(readTree(root).map((file) => [file.path, file]))
const tests = [...tree.keys()].filter((path) => path.startsWith('test/') && path.endsWith('.test.ts'))
const covered = new Map(tests.flatMap((path) => (coverageMap(path) ?? []).map((file) => [file, path] as const)))

t.test('each file with code in it has a test of its own, or a reason', async (t) => {
  for (const [path, file] of tree) {
    if (!/^(src|ca)\/.*\.ts$/.test(path) || !hasCode(file) || path in WITHOUT_TWIN) continue
    if (!covered.has(path))
      t.fail(
        `${path} has no twin: write ${path
          .replace(/^src\//, '')
          .replace(/^/, 'test/')
          .replace(/\.ts$/, '.test.ts')}`,
      )
  }
  t.pass()
})

t.test('each test covers a file that is there, and loads it', async (t) => {
  for (const [path, test] of covered) {
    if (!tree.has(path)) t.fail(`${test} covers ${path}, which is not there: name it in test/coverage-map.js`)
    else if (!reached(test).has(path)) t.fail(`${test} never loads ${path}`)
  }
  t.ok(covered.size > 100)
})

t.test('no reason outlives its file', async (t) => {
  for (const path of Object.keys(WITHOUT_TWIN)) {
    if (!tree.has(path)) t.fail(`${path} is gone`)
    if (covered.has(path)) t.fail(`${path} has a twin now`)
  }
  t.pass()
})

/** Interfaces, types and tables have nothing to go wrong in. */
function hasCode({ source }: HouseFile): boolean {
  const visit = (node: ts.Node): boolean =>
    ts.isFunctionLike(node) && 'body' in node && node.body !== undefined
      ? true
      : (ts.forEachChild(node, (child) => visit(child) || undefined) ?? false)
  return visit(source)
}

/** What a file loads, through however many others. */
function reached(path: string): ReadonlySet<string> {
  const all = new Set([path])
  for (const from of all) {
    for (const { target, kind } of tree.get(from)?.references ?? [])
      if (target.of === 'file' && kind !== 'type') all.add(target.path)
  }
  return all
}
