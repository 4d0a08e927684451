import t from 'tap'
import { deriveKeyring } from '../../src/domain/keyring.ts'
import { hideAddress } from '../../src/domain/network-address.ts'

const keyring = deriveKeyring(Buffer.alloc(32, 1))
const hide = (address: string) => hideAddress(keyring, address)

t.test('one household has one name, and the name tells nothing', async (t) => {
  for (const [one, same] of [
    ['192.0.2.1', '192.0.2.1'],
    ['192.0.2.1', '::ffff:192.0.2.1'],
    ['2001:db8:1:2::5', '2001:db8:1:2:ffff:1:2:3'],
    ['2001:db8::1', '2001:0DB8:0:0:1::'],
    ['::1', '::2'],
    ['fe80::1%eth0', 'fe80::2'],
  ] as const)
    t.equal(hide(one), hide(same), `${one} ${same}`)
  t.match(hide('192.0.2.1'), /^[0-9a-f]{32}$/)
  t.not(hideAddress(deriveKeyring(Buffer.alloc(32, 2)), '192.0.2.1'), hide('192.0.2.1'))
})

t.test('others have others', async (t) => {
  const names = ['192.0.2.1', '192.0.2.2', '2001:db8:1:2::5', '2001:db8:1:3::5', '2001:db8::5', '::1'].map(hide)
  t.equal(new Set(names).size, names.length)
})
