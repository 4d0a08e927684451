import { pathToFileURL } from 'node:url'
import t from 'tap'
import { bundlePageScript, loadPageScript, pageScript } from '../../src/http/page-script.ts'

t.test('one bundle for the process, whole', async (t) => {
  const asset = await pageScript('enroll')
  t.equal(await pageScript('enroll'), asset)
  t.match(asset, { address: /^\/assets\/enroll\.[\w-]{16}\.js$/, type: 'text/javascript; charset=utf-8' })
  t.equal(asset.body.toString(), (await loadPageScript('enroll')).text, 'the same sources, the same bytes')
  t.notMatch(asset.body.toString(), /\bimport\b(?!\("\.\/)|require\(|node:/)
})

t.test('what is imported dynamically is a part of its own, by the address that the script asks for', async (t) => {
  const folder = t.testdir({
    'page.ts': "import { shared } from './shared.ts'\nshared(await import('./rare.ts'))",
    'rare.ts': "import { shared } from './shared.ts'\nexport const rare = () => shared('seldom')",
    'shared.ts': 'export const shared = (what: unknown) => console.log(what)',
  })
  const { text, parts } = await bundlePageScript(`${folder}/page.ts`)
  t.equal(parts.length, 1)
  t.match(parts[0], { address: /^\/assets\/rare\.[\w-]{16}\.js$/, type: 'text/javascript; charset=utf-8' })
  t.match(text, `import(".${parts[0]!.address.replace('/assets', '')}")`)
  t.notMatch(text, 'seldom')
  t.match(parts[0]!.body.toString(), 'seldom')
  t.notMatch(parts[0]!.body.toString(), 'import')
})

t.test('what was built is taken as it is, with its parts', async (t) => {
  const folder = pathToFileURL(
    `${t.testdir({ 'some.js': 'built();await import("./rare.abc-1.js")', 'rare.abc-1.js': 'rare()' })}/`,
  )
  const { text, parts } = await loadPageScript('some', folder)
  t.match(text, 'built()')
  t.match(parts, [{ address: '/assets/rare.abc-1.js', type: 'text/javascript; charset=utf-8' }])
  t.equal(parts[0]!.body.toString(), 'rare()')
})
