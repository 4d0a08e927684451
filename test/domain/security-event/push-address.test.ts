import t from 'tap'
import { isPublicAddress, literalOf, readPushAddress } from '../../../src/domain/security-event/push-address.ts'

const PUBLIC = [
  'https://shop.example/events',
  'https://shop.example:8443/events?site=1',
  'https://1.1.1.1/',
  'https://[2606:4700::1111]/',
  'https://172.15.255.255/',
  'https://172.32.0.0/',
  'https://100.63.255.255/',
  'https://localhost.example/',
  'https://notlocalhost/',
]

/** This machine, its neighbors, and services of providers, in all the spellings that a URL reads. */
const PRIVATE = [
  'https://127.0.0.1/',
  'https://127.1/',
  'https://2130706433/',
  'https://0x7f000001/',
  'https://0x7f.0x0.0x0.0x1/',
  'https://0177.0.0.1/',
  'https://017700000001/',
  'https://127.0.0.1./',
  'https://１２７.0.0.1/',
  'https://127。0。0。1/',
  'https://%31%32%37.0.0.1/',
  'https://0/',
  'https://0.0.0.0/',
  'https://10.0.0.1/',
  'https://100.64.0.1/',
  'https://169.254.169.254/latest/meta-data/',
  'https://2852039166/',
  'https://0xA9FEA9FE/',
  'https://172.16.0.1/',
  'https://172.31.255.255/',
  'https://192.168.0.1/',
  'https://192.0.0.192/',
  'https://198.18.0.1/',
  'https://224.0.0.1/',
  'https://255.255.255.255/',
  'https://localhost/',
  'https://LOCALHOST/',
  'https://localhost./',
  'https://a.localhost/',
  'https://a.localhost./',
  'https://[::]/',
  'https://[::1]/',
  'https://[0:0:0:0:0:0:0:1]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[::ffff:7f00:1]/',
  'https://[::ffff:1.1.1.1]/',
  'https://[::127.0.0.1]/',
  'https://[64:ff9b::7f00:1]/',
  'https://[64:ff9b:1::1]/',
  'https://[fe80::1]/',
  'https://[fec0::1]/',
  'https://[fc00::1]/',
  'https://[fd00:ec2::254]/',
  'https://[ff02::1]/',
  'https://[2001::1]/',
  'https://[2001:db8::1]/',
  'https://[2002:7f00:1::]/',
  'https://[3fff::1]/',
  'https://[100::1]/',
]

t.test('addresses of the public internet', async (t) => {
  for (const address of PUBLIC) t.equal(readPushAddress(address, false), new URL(address).href, address)
})

t.test('addresses of this machine and of private networks, in every spelling', async (t) => {
  for (const address of PRIVATE) {
    t.throws(() => readPushAddress(address, false), { code: 'push-address-refused' }, address)
    t.equal(readPushAddress(address, true), new URL(address).href, `${address}, where the operator permits it`)
  }
})

t.test('what is no address for pushing, permitted or not', async (t) => {
  const wrong = [
    '',
    'shop.example',
    'http://shop.example/',
    'ftp://shop.example/',
    'file:///etc/passwd',
    'javascript:1',
    'https://',
    'https://name@shop.example/',
    'https://name:secret@shop.example/',
    'https://:secret@shop.example/',
    'https://shop.example/#part',
    'https://[fe80::1%25eth0]/',
    'https://256.1.1.1/',
    `https://shop.example/${'a'.repeat(2_100)}`,
  ]
  for (const address of wrong)
    for (const allowed of [true, false])
      t.throws(() => readPushAddress(address, allowed), { code: 'push-address-refused' }, address.slice(0, 60))
})

t.test('what a resolver gives is judged as strictly', async (t) => {
  for (const address of ['1.1.1.1', '2606:4700::1111', '223.255.255.255', '2a00::1'])
    t.ok(isPublicAddress(address), address)
  for (const address of [
    '127.0.0.1',
    '::1',
    '::ffff:10.0.0.1',
    '::ffff:8.8.8.8',
    'fe80::1%eth0',
    '0177.0.0.1',
    '1.1.1',
    'localhost',
    '',
  ])
    t.notOk(isPublicAddress(address), address)
})

t.test('a host is an IP address or a name', async (t) => {
  t.equal(literalOf('1.1.1.1'), '1.1.1.1')
  t.equal(literalOf('[::1]'), '::1')
  t.equal(literalOf('[vx.y]'), 'vx.y', 'brackets hold no name')
  t.equal(literalOf('shop.example'), undefined)
})
