import { X509Certificate } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import * as pkijs from 'pkijs'
import t from 'tap'
import { LEAF_ISSUER, PROFILES } from '../../ca/profiles.ts'
import { LEAF_PROFILES, type LeafProfile } from '../../src/domain/certificate.ts'
import type { KeyAlgorithm } from '../../src/x509/public-key.ts'
import { makeIssuance } from './issuance.ts'
import { certtoolVerify, NssDatabase, opensslVerify, pemOf } from './judges.ts'

const home = t.testdir()
const world = await makeIssuance(home)
const { authority } = world
t.teardown(() => world.signer.close())

const PURPOSE: Readonly<Record<LeafProfile, { openssl: string; nss: string; not: string }>> = {
  browser: { openssl: 'sslclient', nss: 'C', not: 'sslserver' },
  api: { openssl: 'sslclient', nss: 'C', not: 'sslserver' },
  admin: { openssl: 'sslclient', nss: 'C', not: 'sslserver' },
  'tls-server': { openssl: 'sslserver', nss: 'V', not: 'sslclient' },
}

const CASES: readonly [LeafProfile, KeyAlgorithm][] = LEAF_PROFILES.flatMap((profile) =>
  PROFILES[profile].keys.map((key) => [profile, key] as [LeafProfile, KeyAlgorithm]),
)

t.test('every profile with every key verifies in openssl, GnuTLS and NSS, and pkijs reads it', async (t) => {
  const nss = new NssDatabase(t.testdir(), authority)
  const directory = join(home, 'judged')
  mkdirSync(directory)
  for (const [profile, algorithm] of CASES) {
    const { der } = await world.issue(profile, algorithm)
    const name = `${profile}, ${algorithm}`
    const { openssl, nss: usage, not } = PURPOSE[profile]
    const verdict = opensslVerify(directory, authority, der, ['-purpose', openssl])
    t.ok(verdict.ok, `openssl: ${name}`, { said: verdict.said })
    t.notOk(opensslVerify(directory, authority, der, ['-purpose', not]).ok, `openssl, other purpose: ${name}`)
    const chain = [pemOf(der), authority.issuers[LEAF_ISSUER[profile]].pem]
    const gnutls = certtoolVerify(directory, authority, chain)
    t.ok(gnutls.ok, `certtool: ${name}`, { said: gnutls.said })
    // NSS has no Ed25519 in certificates yet.
    if (algorithm !== 'ed25519') {
      const judged = nss.verify(der, usage)
      t.ok(judged.ok, `certutil: ${name}`, { said: judged.said })
    }
    t.equal(pkijs.Certificate.fromBER(der).extensions?.length, 6, `pkijs: ${name}`)
    t.equal(new X509Certificate(der).subject.startsWith('CN='), true, `node: ${name}`)
  }
})
