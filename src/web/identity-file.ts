import { decodePem, decodePemAll } from '../x509/pem.ts'
import { buildPkcs12 } from '../x509/pkcs12.ts'
import type { Enrolled } from './application.ts'

/** A file to save. */
export interface IdentityFile {
  readonly name: string
  readonly blob: Blob
}

/** https://www.rfc-editor.org/rfc/rfc7292: what systems know a .p12 by */
const MEDIA_TYPE = 'application/x-pkcs12'

/** Puts key and certificates into one encrypted file, in this page. */
export async function makeIdentityFile(enrolled: Enrolled, key: CryptoKey, password: string): Promise<IdentityFile> {
  const { certificate, chain, label } = enrolled
  const certificates = [decodePem(certificate, 'CERTIFICATE'), ...decodePemAll(chain, 'CERTIFICATE')]
  const file = await buildPkcs12({ key, certificates, password, label })
  return { name: `${fileName(label)}.p12`, blob: new Blob([file], { type: MEDIA_TYPE }) }
}

/** The label in letters that every file system takes. */
function fileName(label: string): string {
  const plain = label.normalize('NFKD').replace(/[^A-Za-z0-9]+/g, '-')
  return plain.replace(/^-|-$/g, '').toLowerCase() || 'certificate'
}
