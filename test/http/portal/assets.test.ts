import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { enrollScript, loadEnrollScript } from '../../../src/http/portal/assets.ts'

t.test('one bundle for the process, under 60 kB gzip, whole', async (t) => {
  const asset = await enrollScript()
  t.equal(await enrollScript(), asset)
  const again = await loadEnrollScript(new URL('../../../src/web/', import.meta.url))
  t.equal(asset.body.toString(), again, 'the same sources, the same bytes')
  t.ok(gzipSync(asset.body).length < 60_000)
  t.notMatch(asset.body.toString(), /\bimport\b|require\(|node:/)
})

t.test('what was built is taken as it is', async (t) => {
  const folder = pathToFileURL(`${t.testdir({ 'enroll.js': 'built()' })}/`)
  t.equal(await loadEnrollScript(folder), 'built()')
})
