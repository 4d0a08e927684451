import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { assembleCertificate, encodeTbsCertificate, type TbsParts } from '../../src/x509/certificate.ts'
import { assembleCertList, encodeTbsCertList } from '../../src/x509/crl.ts'
import * as make from '../../src/x509/extensions.ts'
import { keyIdentifier } from '../../src/x509/key-identifier.ts'
import { encodeName } from '../../src/x509/name.ts'
import { CLIENT_AUTH, COMMON_NAME } from '../../src/x509/oid.ts'
import { assembleRequest, encodeRequestInfo } from '../../src/x509/request.ts'
import { encodeRevokedSerials, type RevokedSerial } from '../../src/x509/revoked-serial.ts'

/** A key with its SubjectPublicKeyInfo, DER. */
export interface SampleKey {
  readonly privateKey: KeyObject
  readonly spki: Uint8Array
}

const DAY = 86_400_000
export const NOW = Math.floor(Date.now() / 1000) * 1000
const CRL_ADDRESS = 'http://localhost:8480/crl/sample.crl'

export function sampleKey(namedCurve = 'P-256'): SampleKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve })
  return { privateKey, spki: new Uint8Array(publicKey.export({ type: 'spki', format: 'der' })) }
}

export function sampleName(value: string): Uint8Array {
  return encodeName([{ type: COMMON_NAME, value }])
}

export function sampleSerial(): Uint8Array {
  const serial = new Uint8Array(randomBytes(16))
  serial[0] = (serial[0]! & 0x3f) | 0x40
  return serial
}

/** The parts of a self-signed authority. */
export function authorityParts(key: SampleKey, name = 'Sample root'): TbsParts {
  return {
    serial: sampleSerial(),
    signatureAlgorithm: 'ecdsa-sha256',
    issuer: sampleName(name),
    notBefore: NOW - DAY,
    // beyond 2050: both types of time
    notAfter: Date.UTC(2052, 1, 29),
    subject: sampleName(name),
    spki: key.spki,
    extensions: [
      make.basicConstraints({ ca: true, pathLength: 0 }),
      make.keyUsage(['keyCertSign', 'cRLSign']),
      make.subjectKeyIdentifier(keyIdentifier(key.spki)),
      make.authorityKeyIdentifier(keyIdentifier(key.spki)),
    ],
  }
}

/** The parts of a certificate with every extension that can be written. */
export function leafParts(authority: SampleKey, key: SampleKey): TbsParts {
  return {
    ...authorityParts(authority),
    subject: sampleName('Zoë’s laptop, Nov 2026'),
    notAfter: NOW + 90 * DAY,
    spki: key.spki,
    extensions: [
      make.basicConstraints({ ca: false }),
      make.keyUsage(['digitalSignature']),
      make.extendedKeyUsage([CLIENT_AUTH]),
      make.subjectAltName([
        { type: 'uri', value: 'urn:uuid:6ba7b810-9dad-41d1-80b4-00c04fd430c8' },
        { type: 'dns', value: 'a.example' },
        { type: 'ip', value: '::1' },
      ]),
      make.subjectKeyIdentifier(keyIdentifier(key.spki)),
      make.authorityKeyIdentifier(keyIdentifier(authority.spki)),
      make.authorityInfoAccess('http://localhost:8480/ca/sample.cer'),
      make.crlDistributionPoints(CRL_ADDRESS),
    ],
  }
}

export function issue(parts: TbsParts, authority: SampleKey): Uint8Array {
  const tbs = encodeTbsCertificate(parts)
  return assembleCertificate(tbs, 'ecdsa-sha256', sign('sha256', tbs, authority.privateKey))
}

export function sampleRequest(key: SampleKey): Uint8Array {
  const info = encodeRequestInfo({ subject: sampleName('Laptop, Nov 2026'), spki: key.spki })
  return assembleRequest(info, 'ecdsa-sha256', sign('sha256', info, key.privateKey))
}

export function sampleList(authority: SampleKey, entries: readonly RevokedSerial[], number = 1): Uint8Array {
  const tbs = encodeTbsCertList({
    signatureAlgorithm: 'ecdsa-sha256',
    issuer: sampleName('Sample root'),
    thisUpdate: NOW,
    nextUpdate: NOW + 7 * DAY,
    number,
    authorityKeyIdentifier: keyIdentifier(authority.spki),
    entries: [encodeRevokedSerials(entries)],
  })
  return assembleCertList(tbs, 'ecdsa-sha256', sign('sha256', tbs, authority.privateKey))
}
