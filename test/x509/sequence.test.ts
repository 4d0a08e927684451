import fc from 'fast-check'
import t from 'tap'
import { isOneSequence } from '../../src/x509/sequence.ts'

const of = (length: readonly number[], bytes: number) =>
  Buffer.concat([Buffer.of(0x30, ...length), Buffer.alloc(bytes, 1)])

t.test('each form of a length, at both of its ends', async (t) => {
  for (const [what, bytes] of [
    ['empty', of([0], 0)],
    ['one byte', of([1], 1)],
    ['longest short form', of([0x7f], 127)],
    ['shortest of one byte', of([0x81, 0x80], 128)],
    ['longest of one byte', of([0x81, 0xff], 255)],
    ['shortest of two', of([0x82, 1, 0], 256)],
    ['longest of two', of([0x82, 0xff, 0xff], 65_535)],
    ['shortest of three', of([0x83, 1, 0, 0], 65_536)],
  ] as const) {
    t.ok(isOneSequence(bytes), what)
    t.notOk(isOneSequence(bytes.subarray(0, -1)), `${what}, cut short`)
    t.notOk(isOneSequence(Buffer.concat([bytes, Buffer.of(0)])), `${what}, and a byte more`)
  }
})

t.test('what is no DER', async (t) => {
  for (const [what, bytes] of [
    ['nothing', Buffer.alloc(0)],
    ['a tag alone', Buffer.of(0x30)],
    ['indefinite', Buffer.of(0x30, 0x80, 0, 0)],
    ['one byte where none is needed', of([0x81, 0x7f], 127)],
    ['two bytes where one does', of([0x82, 0, 0xff], 255)],
    ['three bytes where two do', of([0x83, 0, 0xff, 0xff], 65_535)],
    ['four bytes', of([0x84, 0, 0, 0, 1], 1)],
    ['reserved', of([0xff], 127)],
    ['a length that is not there', Buffer.of(0x30, 0x82, 1)],
    ['a SET', Buffer.of(0x31, 0)],
    ['a primitive sequence', Buffer.of(0x10, 0)],
    ['a context tag', Buffer.of(0xb0, 0)],
  ] as const) {
    t.notOk(isOneSequence(bytes), what)
  }
})

t.test('whatever the bytes, one answer, and true for one length only', async (t) => {
  const start = fc.uint8Array({ maxLength: 5 }).map((bytes) => Buffer.concat([Buffer.of(0x30), bytes]))
  fc.assert(
    fc.property(start, (start) => {
      const fitting = Array.from({ length: 300 }, (_, more) =>
        isOneSequence(Buffer.concat([start, Buffer.alloc(more)])),
      )
      return fitting.filter(Boolean).length <= 1
    }),
  )
  t.pass()
})
