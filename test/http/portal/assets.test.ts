import { gzipSync } from 'node:zlib'
import t from 'tap'
import { bundleEnrollScript, enrollScript } from '../../../src/http/portal/assets.ts'

t.test('one bundle for the process, under 60 kB gzip, whole', async (t) => {
  const asset = await enrollScript()
  t.equal(await enrollScript(), asset)
  t.equal(asset.body.toString(), await bundleEnrollScript(), 'the same sources, the same bytes')
  t.ok(gzipSync(asset.body).length < 60_000)
  t.notMatch(asset.body.toString(), /\bimport\b|require\(|node:/)
})
