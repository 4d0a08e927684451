import fc from 'fast-check'
import t from 'tap'
import { encodeFrame, type Frame, FrameReader } from '../../ca/frame.ts'

const BOUNDS = { head: 100, body: 1_000 }

t.test('frames come out as they went in, however the stream is cut', async () => {
  const frames = fc.array(fc.tuple(fc.record({ id: fc.nat() }), fc.uint8Array({ maxLength: 300 })), { maxLength: 5 })
  fc.assert(
    fc.property(frames, fc.integer({ min: 1, max: 64 }), (sent, size) => {
      const stream = Buffer.concat(sent.flatMap(([head, body]) => encodeFrame(head, body)))
      const reader = new FrameReader(BOUNDS)
      const got: Frame[] = []
      for (let at = 0; at < stream.length; at += size) got.push(...reader.push(stream.subarray(at, at + size)))
      return (
        got.length === sent.length &&
        got.every(({ head, body }, i) => {
          const [expectedHead, expectedBody] = sent[i] ?? [{}, new Uint8Array()]
          return JSON.stringify(head) === JSON.stringify(expectedHead) && Buffer.compare(body, expectedBody) === 0
        })
      )
    }),
  )
})

t.test('a length over its bound is refused before its bytes have come', async (t) => {
  for (const [head, body] of [
    [101, 0],
    [0, 1_001],
    [0xffff_ffff, 0],
    [2, 0xffff_ffff],
  ] as const) {
    const prefix = Buffer.alloc(8)
    prefix.writeUInt32BE(head, 0)
    prefix.writeUInt32BE(body, 4)
    t.throws(() => new FrameReader(BOUNDS).push(prefix), { code: 'signer-refused' }, `${head} ${body}`)
  }
  t.equal(new FrameReader(BOUNDS).push(Buffer.concat([...encodeFrame({}, new Uint8Array(1_000))])).length, 1)
})

t.test('a head that is no JSON is refused', async (t) => {
  const frame = Buffer.concat([...encodeFrame({ id: 1 })])
  frame[8] = 0x00
  t.throws(() => new FrameReader(BOUNDS).push(frame), { code: 'signer-refused' })
})
