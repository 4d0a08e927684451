import { sign } from 'node:crypto'
import t from 'tap'
import { press } from '../../ca/list-bytes.ts'
import { encodeCommonName } from '../../ca/tbs.ts'
import { parseCertList } from '../../src/x509/crl.ts'
import { makeKeyPair, spkiOf } from './request.ts'

const parts = {
  signatureAlgorithm: 'ecdsa-sha256',
  issuer: encodeCommonName('The issuer'),
  thisUpdate: 1_790_000_000_000,
  nextUpdate: 1_790_000_060_000,
  number: 7,
  authorityKeyIdentifier: new Uint8Array(20),
  entries: [],
} as const

t.test('what is encoded and signed is a list; what another key signed is none', async (t) => {
  const keys = makeKeyPair()
  const tbs = press({ kind: 'encode', parts })
  const signature = sign('sha256', tbs, keys.privateKey)
  const list = parseCertList(press({ kind: 'finish', tbs, signature, spki: spkiOf(keys) }))
  t.equal(list.number, 7)
  const foreign = spkiOf(makeKeyPair())
  t.throws(() => press({ kind: 'finish', tbs, signature, spki: foreign }), { code: 'profile-violation' })
})
