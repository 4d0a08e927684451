import t from 'tap'
import { lastMillisecond, lintCertificate, lintIssued } from '../../ca/lint.ts'
import { SIGNATURE_ALGORITHM } from '../../ca/tbs.ts'
import { assembleCertificate, parseCertificate } from '../../src/x509/certificate.ts'
import { makeIssuance } from './issuance.ts'

const issuance = await makeIssuance(t.testdir())
t.teardown(() => issuance.signer.close())
const { browser, api } = issuance.authority.issuers
const { reservation, der } = await issuance.issue('browser')
const { tbs, signature } = parseCertificate(der)

t.test('what was issued passes', async (t) => {
  t.doesNotThrow(() => lintIssued(der, reservation, browser))
})

t.test('other bytes, another signature, another issuer or none of our forms do not', async (t) => {
  const other = await issuance.issue('browser')
  const cases: Record<string, Uint8Array> = {
    'another certificate': other.der,
    "another certificate's signature": assembleCertificate(
      tbs,
      SIGNATURE_ALGORITHM,
      parseCertificate(other.der).signature,
    ),
    'a broken signature': assembleCertificate(tbs, SIGNATURE_ALGORITHM, signature.with(-1, signature.at(-1)! ^ 1)),
    'no signature': assembleCertificate(tbs, SIGNATURE_ALGORITHM, new Uint8Array()),
    'another algorithm outside': assembleCertificate(tbs, 'ecdsa-sha384', signature),
    'bytes behind it': Uint8Array.of(...der, 0),
    'bytes missing': der.subarray(0, -1),
    nothing: new Uint8Array(),
  }
  for (const [name, bytes] of Object.entries(cases))
    t.throws(() => lintIssued(bytes, reservation, browser), { name: 'IdentityError' }, name)
  t.throws(() => lintIssued(der, reservation, api), { code: 'profile-violation' }, 'another issuer')
  t.throws(() => lintCertificate(der, tbs.subarray(1), browser.publicKey), { code: 'profile-violation' })
})

t.test('each field of the row is compared', async (t) => {
  for (const change of [
    { serial: reservation.serial.replace(/.$/, (digit) => (digit === '0' ? '1' : '0')) },
    { label: 'Another' },
    { notBefore: reservation.notBefore + 1_000 },
    { notAfter: reservation.notAfter - 999 },
    { keyHash: '0'.repeat(64) },
  ]) {
    t.throws(
      () => lintIssued(der, { ...reservation, ...change }, browser),
      { code: 'profile-violation' },
      Object.keys(change)[0]!,
    )
  }
  t.equal(lastMillisecond(5_000), 5_999)
})
