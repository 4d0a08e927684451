import t from 'tap'
import { deriveKeyring } from '../../../src/domain/keyring.ts'
import { openPendingTotp, sealPendingTotp } from '../../../src/domain/proving/pending-totp.ts'

const keyring = deriveKeyring(Buffer.alloc(32, 1))
const OWNER = 'aa'.repeat(16)
const NOW = 1_795_000_020_000
const credential = { id: 'cc'.repeat(16), check: 'totp', secret: Buffer.from('sealed'), lastStep: null } as const

t.test('what is pending opens for its person, for a quarter of an hour', async (t) => {
  const pending = sealPendingTotp(keyring, OWNER, credential, NOW)
  t.same(openPendingTotp(keyring, OWNER, pending, NOW + 900_000), credential)
  t.equal(openPendingTotp(keyring, OWNER, pending, NOW + 900_001), undefined)
  t.equal(openPendingTotp(keyring, 'bb'.repeat(16), pending, NOW), undefined)
  t.equal(openPendingTotp(deriveKeyring(Buffer.alloc(32, 2)), OWNER, pending, NOW), undefined)
  for (const text of ['', 'x', `${pending.slice(0, -4)}AAAA`, 'A'.repeat(2_000)])
    t.equal(openPendingTotp(keyring, OWNER, text, NOW), undefined)
})
