import t from 'tap'
import { bigEndian } from '../../src/x509/big-endian.ts'

t.equal(bigEndian(new Uint8Array()), 0n)
t.equal(bigEndian(Uint8Array.of(0, 1, 0x0a)), 266n)
t.equal(bigEndian(new Uint8Array(32).fill(0xff)), 2n ** 256n - 1n)
