import { execFileSync } from 'node:child_process'
import t from 'tap'
import { oid, sequence } from '../../src/x509/der-writer.ts'
import * as OID from '../../src/x509/oid.ts'

/** What OpenSSL calls them. */
const NAMES: Readonly<Record<keyof typeof OID, string>> = {
  COMMON_NAME: 'commonName',
  SERIAL_NUMBER: 'serialNumber',
  COUNTRY: 'countryName',
  LOCALITY: 'localityName',
  STATE: 'stateOrProvinceName',
  ORGANIZATION: 'organizationName',
  ORGANIZATIONAL_UNIT: 'organizationalUnitName',
  EMAIL_ADDRESS: 'emailAddress',
  SUBJECT_KEY_IDENTIFIER: 'X509v3 Subject Key Identifier',
  KEY_USAGE: 'X509v3 Key Usage',
  SUBJECT_ALT_NAME: 'X509v3 Subject Alternative Name',
  BASIC_CONSTRAINTS: 'X509v3 Basic Constraints',
  CRL_DISTRIBUTION_POINTS: 'X509v3 CRL Distribution Points',
  AUTHORITY_KEY_IDENTIFIER: 'X509v3 Authority Key Identifier',
  EXTENDED_KEY_USAGE: 'X509v3 Extended Key Usage',
  AUTHORITY_INFO_ACCESS: 'Authority Information Access',
  CA_ISSUERS: 'CA Issuers',
  SERVER_AUTH: 'TLS Web Server Authentication',
  CLIENT_AUTH: 'TLS Web Client Authentication',
  CRL_NUMBER: 'X509v3 CRL Number',
  CRL_REASON: 'X509v3 CRL Reason Code',
  EXTENSION_REQUEST: 'Extension Request',
  FRIENDLY_NAME: 'friendlyName',
  LOCAL_KEY_ID: 'localKeyID',
  SHROUDED_KEY_BAG: 'pkcs8ShroudedKeyBag',
  CERTIFICATE_BAG: 'certBag',
  X509_CERTIFICATE: 'x509Certificate',
  PBE_SHA1_3DES: 'pbeWithSHA1And3-KeyTripleDES-CBC',
  CMS_DATA: 'pkcs7-data',
  CMS_SIGNED_DATA: 'pkcs7-signedData',
  CMS_ENCRYPTED_DATA: 'pkcs7-encryptedData',
  CONTENT_TYPE: 'contentType',
  MESSAGE_DIGEST: 'messageDigest',
  SIGNING_TIME: 'signingTime',
  PBKDF2: 'PBKDF2',
  PBES2: 'PBES2',
  HMAC_SHA256: 'hmacWithSHA256',
  AES_256_CBC: 'aes-256-cbc',
  SHA256: 'sha256',
  SHA1: 'sha1',
  ECDSA_SHA256: 'ecdsa-with-SHA256',
  ECDSA_SHA384: 'ecdsa-with-SHA384',
  RSA_SHA256: 'sha256WithRSAEncryption',
  RSA_SHA384: 'sha384WithRSAEncryption',
  RSA_SHA512: 'sha512WithRSAEncryption',
  ED25519: 'ED25519',
}

t.test('OpenSSL knows each under the same name', (t) => {
  const names = Object.keys(NAMES)
  const oids: Readonly<Record<string, string>> = { ...OID }
  const der = sequence(...names.map((name) => oid(oids[name]!)))
  const said = execFileSync('openssl', ['asn1parse', '-inform', 'der'], { input: der, encoding: 'utf8' })
  const known = [...said.matchAll(/OBJECT +:(.*)/g)].map(([, name]) => name)
  t.same(known, Object.values(NAMES))
  t.same(names.toSorted(), Object.keys(OID).toSorted(), 'none is left out')
  t.end()
})
