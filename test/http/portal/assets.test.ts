import { gzipSync } from 'node:zlib'
import t from 'tap'
import { enrollScript } from '../../../src/http/portal/assets.ts'

t.test('one bundle for the process, under 60 kB gzip', async (t) => {
  const asset = await enrollScript()
  t.equal(await enrollScript(), asset)
  t.ok(gzipSync(asset.body).length < 60_000)
})
