import { sign } from 'node:crypto'
import t from 'tap'
import { press } from '../../ca/list-bytes.ts'
import { openPress } from '../../ca/list-press.ts'
import { encodeCommonName } from '../../ca/tbs.ts'
import { parseCertList } from '../../src/x509/crl.ts'
import { encodeRevokedSerials } from '../../src/x509/revoked-serial.ts'
import { makeKeyPair, spkiOf } from './request.ts'
import { serialNumber } from './revocations.ts'

const keys = makeKeyPair()
const LONG = 1024 * 1024

function parts() {
  const entry = { serial: Buffer.from(serialNumber(1), 'hex'), revokedAt: 1_790_000_000_000, reason: 4 }
  return {
    signatureAlgorithm: 'ecdsa-sha256',
    issuer: encodeCommonName('The issuer'),
    thisUpdate: 1_790_000_000_000,
    nextUpdate: 1_790_000_060_000,
    number: 7,
    authorityKeyIdentifier: new Uint8Array(20),
    entries: [encodeRevokedSerials([entry]), new Uint8Array()],
  } as const
}

t.test('short lists are made here, long ones in a thread; the bytes are the same', async (t) => {
  const expected = press({ kind: 'encode', parts: parts() })
  for (const size of [0, LONG]) {
    const own = openPress(size)
    const tbs = await own.encode(parts())
    t.same(tbs, expected)
    const list = await own.finish(tbs, sign('sha256', tbs, keys.privateKey), spkiOf(keys))
    const { number, entries } = parseCertList(list)
    t.equal(number, 7)
    t.equal(entries.length, 1)
    await own.close()
  }
})

t.test('a signature that is not the issuer’s is refused on either side', async (t) => {
  for (const size of [0, LONG]) {
    const own = openPress(size)
    const tbs = await own.encode(parts())
    const signature = sign('sha256', tbs, makeKeyPair().privateKey)
    await t.rejects(own.finish(tbs, signature, spkiOf(keys)), { code: 'profile-violation' })
    await own.close()
  }
})

t.test('a thread that ends answers by an error, not by silence', async (t) => {
  const own = openPress(LONG)
  const asked = own.encode(parts())
  await own.close()
  await t.rejects(asked)
})
