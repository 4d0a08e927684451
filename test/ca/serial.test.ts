import { randomBytes } from 'node:crypto'
import t from 'tap'
import { drawSerial } from '../../ca/serial.ts'

t.test('16 octets, positive, never shortened in DER, whatever chance brings', async (t) => {
  for (const octet of [0x00, 0x3f, 0x40, 0x7f, 0x80, 0xff]) {
    const serial = drawSerial((bytes) => new Uint8Array(bytes).fill(octet))
    t.equal(serial.length, 16)
    t.ok(serial[0]! >= 0x40 && serial[0]! <= 0x7f, octet.toString(16))
    t.same(serial.subarray(1), new Uint8Array(15).fill(octet), 'the rest is left as it was drawn')
  }
})

t.test('serials differ', async (t) => {
  const drawn = new Set(Array.from({ length: 1_000 }, () => Buffer.from(drawSerial(randomBytes)).toString('hex')))
  t.equal(drawn.size, 1_000)
})
