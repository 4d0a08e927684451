import { createHash, createPrivateKey, type KeyObject, sign } from 'node:crypto'
import { IdentityError } from '../errors.ts'
import { readDer } from './der.ts'
import {
  type Der,
  explicit,
  implicit,
  integer,
  nullValue,
  octetString,
  oid,
  sequence,
  setOf,
  time,
} from './der-writer.ts'
import * as OID from './oid.ts'
import { ALGORITHM_IDENTIFIERS } from './signature-algorithm.ts'

/** Who signs a message. */
export interface CmsSigner {
  /** DER: the signer's own certificate first, then its chain; all of them travel with the message */
  readonly certificates: readonly Uint8Array[]
  /** PKCS#8, PEM; RSA or ECDSA */
  readonly key: string
}

/** https://www.rfc-editor.org/rfc/rfc5652#section-5.1: data, and signers by issuer and serial number */
const VERSION = 1
const SHA256_IDENTIFIER = sequence(oid(OID.SHA256), nullValue())
/** [0] IMPLICIT in SignedData. https://www.rfc-editor.org/rfc/rfc5652#section-5.1 */
const CERTIFICATES = 0
/** [0] IMPLICIT in SignerInfo. https://www.rfc-editor.org/rfc/rfc5652#section-5.3 */
const SIGNED_ATTRIBUTES = 0

/**
 * Signs content that travels inside the message.
 * https://www.rfc-editor.org/rfc/rfc5652#section-5
 * @param signedAt epoch ms
 * @returns ContentInfo with SignedData, DER
 * @throws IdentityError signer-refused: the key is neither RSA nor ECDSA
 */
export function signCms(content: Uint8Array, { certificates, key }: CmsSigner, signedAt: number): Der {
  const privateKey = createPrivateKey(key)
  const attributes = setOf(
    attribute(OID.CONTENT_TYPE, oid(OID.CMS_DATA)),
    attribute(OID.MESSAGE_DIGEST, octetString(createHash('sha256').update(content).digest())),
    attribute(OID.SIGNING_TIME, time(signedAt)),
  )
  const signerInfo = sequence(
    integer(VERSION),
    issuerAndSerialNumber(certificates[0]!),
    SHA256_IDENTIFIER,
    implicit(SIGNED_ATTRIBUTES, attributes),
    signatureIdentifier(privateKey),
    octetString(sign('sha256', attributes, privateKey)),
  )
  const signedData = sequence(
    integer(VERSION),
    setOf(SHA256_IDENTIFIER),
    sequence(oid(OID.CMS_DATA), explicit(0, octetString(content))),
    implicit(CERTIFICATES, setOf(...certificates)),
    setOf(signerInfo),
  )
  return sequence(oid(OID.CMS_SIGNED_DATA), explicit(0, signedData))
}

function attribute(type: string, value: Der): Der {
  return sequence(oid(type), setOf(value))
}

/** By what the certificate says itself, octet by octet: it may be of any authority, and is not judged here. */
function issuerAndSerialNumber(certificate: Uint8Array): Der {
  return readDer(certificate, (reader) =>
    reader.sequence((outer) => {
      const parts = outer.sequence((tbs) => {
        tbs.explicit(0, (version) => version.any())
        const serial = tbs.any()
        tbs.any()
        const issuer = tbs.any()
        while (!tbs.done) tbs.any()
        return { issuer, serial }
      })
      while (!outer.done) outer.any()
      return sequence(parts.issuer, parts.serial)
    }),
  )
}

function signatureIdentifier(key: KeyObject): Der {
  if (key.asymmetricKeyType === 'ec') return ALGORITHM_IDENTIFIERS['ecdsa-sha256']
  if (key.asymmetricKeyType === 'rsa') return ALGORITHM_IDENTIFIERS['rsa-sha256']
  throw new IdentityError(
    'signer-refused',
    'Messages are signed with RSA or ECDSA keys. Give the listener a certificate of such a key.',
  )
}
