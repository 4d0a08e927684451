import { decodePem, decodePemAll } from '../x509/pem.ts'
import { buildPkcs12, type Pkcs12Format } from '../x509/pkcs12.ts'
import type { Enrolled } from './application.ts'

/** A file to save. */
export interface IdentityFile {
  readonly name: string
  /** PKCS#12, DER */
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** Puts key and certificates into one encrypted file, in this page. */
export async function makeIdentityFile(
  { certificate, chain, label }: Pick<Enrolled, 'certificate' | 'chain' | 'label'>,
  key: CryptoKey,
  password: string,
  format: Pkcs12Format,
): Promise<IdentityFile> {
  const certificates = [decodePem(certificate, 'CERTIFICATE'), ...decodePemAll(chain, 'CERTIFICATE')]
  const bytes = await buildPkcs12({ key, certificates, password, label, format })
  return { name: `${fileName(label)}.p12`, bytes }
}

/** The label in letters that every file system takes. */
function fileName(label: string): string {
  const plain = label.normalize('NFKD').replace(/[^A-Za-z0-9]+/g, '-')
  return plain.replace(/^-|-$/g, '').toLowerCase() || 'certificate'
}
