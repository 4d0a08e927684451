import { pathToFileURL } from 'node:url'
import t from 'tap'
import { loadPageScript, pageScript } from '../../src/http/page-script.ts'

t.test('one bundle for the process, whole', async (t) => {
  const asset = await pageScript('enroll')
  t.equal(await pageScript('enroll'), asset)
  t.match(asset, { address: /^\/assets\/enroll\.[\w-]{16}\.js$/, type: 'text/javascript; charset=utf-8' })
  t.equal(asset.body.toString(), await loadPageScript('enroll'), 'the same sources, the same bytes')
  t.notMatch(asset.body.toString(), /\bimport\b|require\(|node:/)
})

t.test('what was built is taken as it is', async (t) => {
  const folder = pathToFileURL(`${t.testdir({ 'some.js': 'built()' })}/`)
  t.equal(await loadPageScript('some', folder), 'built()')
})
