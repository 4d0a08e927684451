import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { authorityFiles } from '../../ca/authority.ts'
import type { OnlineIssuer } from '../../src/domain/certificate/certificate.ts'
import { assembleCertificate, encodeTbsCertificate, parseCertificate } from '../../src/x509/certificate.ts'
import { basicConstraints } from '../../src/x509/extensions.ts'
import { encodeName } from '../../src/x509/name.ts'
import { COMMON_NAME } from '../../src/x509/oid.ts'
import { decodePemAll, encodePem } from '../../src/x509/pem.ts'
import type { Identity } from './exchange.ts'
import type { TestService } from './service.ts'

/** What is otherwise in a certificate than in the one that it was made from. */
export interface Changes {
  readonly notBefore?: number
  readonly notAfter?: number
  readonly serial?: Uint8Array
}

/**
 * A look-alike of an identity: leaf and CA have the names, serials, key identifiers and all else of the real ones, and
 * other keys.
 */
export function lookAlike({ cert }: Identity): Identity {
  const [leaf, issuer] = decodePemAll(cert, 'CERTIFICATE')
  const authority = makeKeys()
  const own = makeKeys()
  return {
    cert: copy(leaf!, own.publicKey, authority.privateKey) + copy(issuer!, authority.publicKey, authority.privateKey),
    key: pemOf(own.privateKey),
  }
}

/** An identity of a CA of somebody else, which has another name. */
export function foreign({ cert }: Identity): Identity {
  const [leaf] = decodePemAll(cert, 'CERTIFICATE')
  const name = encodeName([{ type: COMMON_NAME, value: 'Somebody else' }])
  const authority = makeKeys()
  const own = makeKeys()
  const copied = parseCertificate(leaf!)
  const extensions = [basicConstraints({ ca: true })]
  const root = { ...copied, issuer: name, subject: name, spki: spkiOf(authority.publicKey), extensions }
  return {
    cert:
      seal({ ...copied, issuer: name, spki: spkiOf(own.publicKey) }, authority.privateKey) +
      seal(root, authority.privateKey),
    key: pemOf(own.privateKey),
  }
}

/** What a thief of an issuer's key can make: everything but a row in the table. */
export function forged(
  service: TestService,
  issuer: OnlineIssuer,
  { cert }: Identity,
  changes: Changes = {},
): Identity {
  const [leaf] = decodePemAll(cert, 'CERTIFICATE')
  const own = makeKeys()
  const chain = readFileSync(authorityFiles(join(service.home, 'ca')).certificate(issuer), 'utf8')
  return { cert: copy(leaf!, own.publicKey, issuerKey(service, issuer), changes) + chain, key: pemOf(own.privateKey) }
}

function issuerKey({ home }: TestService, issuer: OnlineIssuer): KeyObject {
  const key = readFileSync(authorityFiles(join(home, 'ca')).key(issuer), 'utf8')
  return createPrivateKey({ key, passphrase: readFileSync(join(home, 'passphrase'), 'utf8').trim() })
}

function copy(der: Uint8Array, key: KeyObject, signer: KeyObject, changes: Changes = {}): string {
  return seal({ ...parseCertificate(der), spki: spkiOf(key), ...changes }, signer)
}

function seal(parts: Parameters<typeof encodeTbsCertificate>[0], signer: KeyObject): string {
  const tbs = encodeTbsCertificate(parts)
  return encodePem('CERTIFICATE', assembleCertificate(tbs, 'ecdsa-sha256', sign('sha256', tbs, signer)))
}

function makeKeys(): { readonly publicKey: KeyObject; readonly privateKey: KeyObject } {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' })
}

function spkiOf(key: KeyObject): Uint8Array {
  return key.export({ type: 'spki', format: 'der' })
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }) as string
}
