/** A file is covered by its own twin: test/a/b.test.ts covers src/a/b.ts, test/ca/x.test.ts covers ca/x.ts. @param {string} test */
export default (test) => {
  const path = test.replace(/^test\//, '').replace(/\.test\.ts$/, '.ts')
  if (path.startsWith('ca/')) return path
  if (/^(house|e2e|malformed|faults)\//.test(path)) return null
  return `src/${path}`
}
