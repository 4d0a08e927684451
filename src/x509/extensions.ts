import {
  boolean,
  enumerated,
  explicit,
  implicit,
  integer,
  namedBits,
  octetString,
  oid,
  sequence,
} from './der-writer.ts'
import type { Extension } from './extension.ts'
import { encodeGeneralName, type GeneralName } from './general-name.ts'
import * as OID from './oid.ts'

/** Positions of the named bits. https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.3 */
export const KEY_USAGES = {
  digitalSignature: 0,
  nonRepudiation: 1,
  keyEncipherment: 2,
  dataEncipherment: 3,
  keyAgreement: 4,
  keyCertSign: 5,
  cRLSign: 6,
  encipherOnly: 7,
  decipherOnly: 8,
} as const
export type KeyUsage = keyof typeof KEY_USAGES

export interface BasicConstraints {
  readonly ca: boolean
  readonly pathLength?: number
}

/** https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.9 */
export function basicConstraints(constraints: BasicConstraints): Extension {
  const { ca, pathLength } = constraints
  const parts = [...(ca ? [boolean(true)] : []), ...(pathLength === undefined ? [] : [integer(pathLength)])]
  return { oid: OID.BASIC_CONSTRAINTS, critical: true, value: sequence(...parts) }
}

/** https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.3 */
export function keyUsage(usages: readonly KeyUsage[]): Extension {
  return { oid: OID.KEY_USAGE, critical: true, value: namedBits(usages.map((usage) => KEY_USAGES[usage])) }
}

/** https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.12 */
export function extendedKeyUsage(purposes: readonly string[]): Extension {
  return { oid: OID.EXTENDED_KEY_USAGE, critical: false, value: sequence(...purposes.map(oid)) }
}

/**
 * @param critical must be true where the subject is empty. https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.6
 * @throws IdentityError name-invalid
 */
export function subjectAltName(names: readonly GeneralName[], critical = false): Extension {
  return { oid: OID.SUBJECT_ALT_NAME, critical, value: sequence(...names.map(encodeGeneralName)) }
}

/** https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.2 */
export function subjectKeyIdentifier(keyIdentifier: Uint8Array): Extension {
  return { oid: OID.SUBJECT_KEY_IDENTIFIER, critical: false, value: octetString(keyIdentifier) }
}

/** https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.1 */
export function authorityKeyIdentifier(keyIdentifier: Uint8Array): Extension {
  return {
    oid: OID.AUTHORITY_KEY_IDENTIFIER,
    critical: false,
    value: sequence(implicit(0, octetString(keyIdentifier))),
  }
}

/** Where the issuer's certificate is fetched. https://www.rfc-editor.org/rfc/rfc5280#section-4.2.2.1 */
export function authorityInfoAccess(caIssuers: string): Extension {
  const description = sequence(oid(OID.CA_ISSUERS), encodeGeneralName({ type: 'uri', value: caIssuers }))
  return { oid: OID.AUTHORITY_INFO_ACCESS, critical: false, value: sequence(description) }
}

/** https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.13 */
export function crlDistributionPoints(address: string): Extension {
  const fullName = explicit(0, encodeGeneralName({ type: 'uri', value: address }))
  return { oid: OID.CRL_DISTRIBUTION_POINTS, critical: false, value: sequence(sequence(explicit(0, fullName))) }
}

/** https://www.rfc-editor.org/rfc/rfc5280#section-5.2.3 */
export function crlNumber(value: number): Extension {
  return { oid: OID.CRL_NUMBER, critical: false, value: integer(value) }
}

/** https://www.rfc-editor.org/rfc/rfc5280#section-5.3.1 */
export function reasonCode(reason: number): Extension {
  return { oid: OID.CRL_REASON, critical: false, value: enumerated(reason) }
}
