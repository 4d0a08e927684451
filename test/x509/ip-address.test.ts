import { isIP, isIPv4 } from 'node:net'
import fc from 'fast-check'
import t from 'tap'
import { formatIp, parseIp } from '../../src/x509/ip-address.ts'
import { refusalOf } from './refusal.ts'

t.test('text and octets', (t) => {
  const cases: readonly [string, readonly number[]][] = [
    ['127.0.0.1', [127, 0, 0, 1]],
    ['255.255.255.255', [255, 255, 255, 255]],
    ['::', Array(16).fill(0)],
    ['::1', [...Array(15).fill(0), 1]],
    ['2001:db8::8:800:200c:417a', [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 8, 8, 0, 0x20, 0xc, 0x41, 0x7a]],
    ['1::', [0, 1, ...Array(14).fill(0)]],
    ['1::2:0:0:3:4', [0, 1, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 3, 0, 4]],
    ['1:0:2::', [0, 1, 0, 0, 0, 2, ...Array(10).fill(0)]],
    ['1:2:3:4:5:6:7:0', [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 0]],
  ]
  for (const [text, octets] of cases) {
    t.same(parseIp(text), Uint8Array.from(octets), text)
    t.equal(formatIp(Uint8Array.from(octets)), text)
  }
  t.same(parseIp('2001:DB8:0:0:0:0:0:1'), parseIp('2001:db8::1'))
  t.end()
})

t.test('no address', (t) => {
  const texts = [
    '',
    'localhost',
    '1.2.3',
    '1.2.3.4.',
    '1.2.3.256',
    '01.2.3.4',
    '1.2.3.4.5',
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7::8',
    '12345::',
    'g::',
    '::1%eth0',
    '[::1]',
    ' ::1',
  ]
  for (const text of texts) t.equal(parseIp(text), undefined, text)
  for (const length of [0, 3, 5, 15, 17])
    t.equal(
      refusalOf(() => formatIp(new Uint8Array(length))),
      'der-malformed',
    )
  t.end()
})

t.test('agrees with Node', (t) => {
  fc.assert(
    fc.property(
      fc.oneof(fc.ipV4(), fc.ipV6()),
      (text) => (parseIp(text) !== undefined) === (isIP(text) > 0 && (isIPv4(text) || !text.includes('.'))),
    ),
  )
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (octets) => {
      const text = formatIp(octets)
      return new URL(`http://[${text}]`).hostname === `[${text}]` && Buffer.compare(parseIp(text)!, octets) === 0
    }),
  )
  t.end()
})
