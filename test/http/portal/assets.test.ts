import { gzipSync } from 'node:zlib'
import t from 'tap'
import { enrollScript } from '../../../src/http/portal/assets.ts'

t.test('one bundle for the process, under 60 kB gzip; DES is not in it, but beside it', async (t) => {
  const asset = await enrollScript()
  t.equal(await enrollScript(), asset)
  t.ok(gzipSync(asset.body).length < 60_000)
  t.match(asset.parts, [{ address: /^\/assets\/triple-des\./ }])
  t.notMatch(asset.body.toString(), '16843776', 'a constant of DES')
  t.match(asset.parts[0]!.body.toString(), '16843776')
  t.ok(gzipSync(asset.parts[0]!.body).length < 20_000)
})
