import t from 'tap'
import { fingerprint, sha256 } from '../../src/x509/thumbprint.ts'

const ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'

t.test(
  'SHA-256 of "abc", https://csrc.nist.gov/projects/cryptographic-standards-and-guidelines/example-values',
  (t) => {
    const abc = new TextEncoder().encode('abc')
    t.equal(fingerprint(abc), ABC)
    t.equal(Buffer.from(sha256(abc)).toString('hex'), ABC)
    t.end()
  },
)
