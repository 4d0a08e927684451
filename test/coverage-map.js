import { readdirSync } from 'node:fs'

/**
 * Which files a test covers. A file is covered by its own twin: test/a/b.test.ts covers src/a/b.ts, test/ca/x.test.ts
 * covers ca/x.ts. What else a test happens to run through does not count.
 * @param {string} test
 * @returns {string[] | null}
 */
export default (test) => {
  const more = MORE[test]
  if (more) return more
  const path = test.replace(/^test\//, '').replace(/\.test\.ts$/, '.ts')
  if (/^(house|e2e|malformed|faults|scripts)\//.test(path)) return null
  return [path.startsWith('ca/') ? path : `src/${path}`]
}

/** The commands and questions are one for both engines; in SQLite they run in the writer's thread, where nothing is counted. */
const SHARED = [
  ...readdirSync(new URL('../src/store/operations/', import.meta.url)).map((file) => `operations/${file}`),
  ...['deadline', 'feed', 'ledger', 'migrations', 'operations', 'reads', 'transaction', 'unavailable'].map(
    (name) => `${name}.ts`,
  ),
]

/**
 * Tests with another name than their file, and suites that stand for several.
 * @type {Readonly<Record<string, string[] | undefined>>}
 */
const MORE = {
  'test/http/api/verdict-bodies.test.ts': ['src/http/api/verdict-endpoint.ts'],
  'test/domain/verdict/verdicts-freshness.test.ts': ['src/domain/verdict/verdicts.ts'],
  'test/domain/revalidation/revalidation-ends.test.ts': ['src/domain/revalidation/revalidation.ts'],
  'test/domain/revalidation/revalidation-step-up.test.ts': ['src/domain/revalidation/revalidation.ts'],
  ...Object.fromEntries(
    ['checks', 'data', 'devices', 'history', 'pairing', 'sites', 'trust'].map((name) => [
      `test/http/signon/account/${name}.test.ts`,
      ['', '-page'].map((part) => `src/http/signon/account/${name}${part}.ts`),
    ]),
  ),
  'test/http/texts/account.test.ts': ['', '-checks', '-data', '-devices', '-history', '-sites', '-trust'].map(
    (part) => `src/http/texts/account${part}.ts`,
  ),
  'test/http/portal/pairing.test.ts': ['', '-page'].map((part) => `src/http/portal/pairing${part}.ts`),
  'test/http/portal/portal-choices.test.ts': ['src/http/portal/portal.ts'],
  'test/http/listener-tls.test.ts': ['src/http/listener.ts'],
  'test/store/sqlite/store.test.ts': ['store', 'connection'].map((name) => `src/store/sqlite/${name}.ts`),
  'test/store/postgres/store.test.ts': [
    ...['store', 'connection', 'writer'].map((name) => `src/store/postgres/${name}.ts`),
    ...SHARED.map((file) => `src/store/${file}`),
  ],
}
