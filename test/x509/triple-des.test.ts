import { createDecipheriv, randomBytes } from 'node:crypto'
import t from 'tap'
import { encryptTripleDes } from '../../src/x509/triple-des.ts'

t.test('OpenSSL reads it, whatever the length, and from the middle of a buffer', async (t) => {
  for (let length = 0; length <= 33; length++) {
    const [key, iv, bytes] = [random(24), random(8), random(length + 3).subarray(3)]
    const before = bytes.slice()
    const ciphertext = encryptTripleDes(key, iv, bytes)
    t.equal(ciphertext.length, length + 8 - (length % 8), 'padded always')
    const decipher = createDecipheriv('des-ede3-cbc', key, iv)
    t.same(Buffer.concat([decipher.update(ciphertext), decipher.final()]), Buffer.from(before))
    t.same(bytes, before, 'what is given stays as it is')
  }
})

function random(length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(randomBytes(length))
}
