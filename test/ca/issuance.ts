import { createIssuer } from '../../ca/issue.ts'
import type { Signer } from '../../ca/signer-process.ts'
import type { CertificateBinding, LeafProfile, Reservation } from '../../src/domain/certificate/certificate.ts'
import type { IssueOrder, Issuer } from '../../src/domain/issuer.ts'
import { DEFAULT_POLICY, type Policy } from '../../src/domain/policy.ts'
import type { KeyAlgorithm } from '../../src/x509/public-key.ts'
import { makeAuthority, type TestAuthority } from './authority.ts'
import { type KeyPair, makeKeyPair, makeRequest } from './request.ts'

/** A finished certificate with the key that a test made for it. */
export interface IssuedSample {
  readonly reservation: Reservation
  readonly der: Uint8Array
  readonly keys: KeyPair
}

/** An authority, its signer and the issuer over both. */
export interface TestIssuance extends TestAuthority {
  readonly signer: Signer
  readonly issuer: Issuer
  issue(profile: LeafProfile, algorithm?: KeyAlgorithm): Promise<IssuedSample>
}

const NOBODY: CertificateBinding = { subscriberId: null, deviceId: null, siteId: null, service: null }

/** What each profile is ordered with, but for the request. */
export const SAMPLE_ORDERS: Readonly<Record<LeafProfile, Omit<IssueOrder, 'request'>>> = {
  browser: {
    profile: 'browser',
    label: 'Laptop, Nov 2026 – José',
    binding: { ...NOBODY, subscriberId: '11'.repeat(16), deviceId: '22'.repeat(16) },
  },
  api: {
    profile: 'api',
    label: 'shop/web',
    binding: { ...NOBODY, siteId: '33'.repeat(16), service: 'web' },
    site: 'shop',
  },
  admin: { profile: 'admin', label: 'operator', binding: NOBODY },
  'tls-server': {
    profile: 'tls-server',
    label: 'localhost',
    binding: NOBODY,
    hosts: ['localhost', '127.0.0.1', '::1', '*.check.localhost'],
  },
}

/** @param home a folder of the test's own; the caller closes the signer */
export async function makeIssuance(home: string, policy: Policy = DEFAULT_POLICY): Promise<TestIssuance> {
  const made = await makeAuthority(home)
  const signer = await made.startSigner()
  const issuer = createIssuer({ authority: made.authority, signer, policy })
  return {
    ...made,
    signer,
    issuer,
    async issue(profile, algorithm = 'ec-p256') {
      const keys = makeKeyPair(algorithm)
      const order = { ...SAMPLE_ORDERS[profile], request: makeRequest(keys, algorithm) }
      const reservation = issuer.draft(order, Date.now())
      return { reservation, der: await issuer.sign(reservation), keys }
    },
  }
}
