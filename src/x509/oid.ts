/** Attributes of names. https://www.rfc-editor.org/rfc/rfc5280#appendix-A.1 */
export const COMMON_NAME = '2.5.4.3'
export const SERIAL_NUMBER = '2.5.4.5'
export const COUNTRY = '2.5.4.6'
export const LOCALITY = '2.5.4.7'
export const STATE = '2.5.4.8'
export const ORGANIZATION = '2.5.4.10'
export const ORGANIZATIONAL_UNIT = '2.5.4.11'

/** https://www.rfc-editor.org/rfc/rfc2985#section-5.2.1 */
export const EMAIL_ADDRESS = '1.2.840.113549.1.9.1'

/** Extensions of certificates. https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1 */
export const SUBJECT_KEY_IDENTIFIER = '2.5.29.14'
export const KEY_USAGE = '2.5.29.15'
export const SUBJECT_ALT_NAME = '2.5.29.17'
export const BASIC_CONSTRAINTS = '2.5.29.19'
export const CRL_DISTRIBUTION_POINTS = '2.5.29.31'
export const AUTHORITY_KEY_IDENTIFIER = '2.5.29.35'
export const EXTENDED_KEY_USAGE = '2.5.29.37'

/** https://www.rfc-editor.org/rfc/rfc5280#section-4.2.2.1 */
export const AUTHORITY_INFO_ACCESS = '1.3.6.1.5.5.7.1.1'
export const CA_ISSUERS = '1.3.6.1.5.5.7.48.2'

/** Purposes of keys. https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.12 */
export const SERVER_AUTH = '1.3.6.1.5.5.7.3.1'
export const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2'

/** Extensions of CRLs and of their entries. https://www.rfc-editor.org/rfc/rfc5280#section-5.2 */
export const CRL_NUMBER = '2.5.29.20'
export const CRL_REASON = '2.5.29.21'

/** Attributes of requests. https://www.rfc-editor.org/rfc/rfc2985#section-5.4 */
export const EXTENSION_REQUEST = '1.2.840.113549.1.9.14'

/** Attributes of PKCS#12 bags. https://www.rfc-editor.org/rfc/rfc2985#section-5.5 */
export const FRIENDLY_NAME = '1.2.840.113549.1.9.20'
export const LOCAL_KEY_ID = '1.2.840.113549.1.9.21'

/** https://www.rfc-editor.org/rfc/rfc7292#section-4.2 */
export const SHROUDED_KEY_BAG = '1.2.840.113549.1.12.10.1.2'
export const CERTIFICATE_BAG = '1.2.840.113549.1.12.10.1.3'
export const X509_CERTIFICATE = '1.2.840.113549.1.9.22.1'

/** https://www.rfc-editor.org/rfc/rfc7292#appendix-C */
export const PBE_SHA1_3DES = '1.2.840.113549.1.12.1.3'

/** https://www.rfc-editor.org/rfc/rfc5652#section-4 */
export const CMS_DATA = '1.2.840.113549.1.7.1'
export const CMS_SIGNED_DATA = '1.2.840.113549.1.7.2'
export const CMS_ENCRYPTED_DATA = '1.2.840.113549.1.7.6'
/** https://www.rfc-editor.org/rfc/rfc5652#section-11 */
export const CONTENT_TYPE = '1.2.840.113549.1.9.3'
export const MESSAGE_DIGEST = '1.2.840.113549.1.9.4'
export const SIGNING_TIME = '1.2.840.113549.1.9.5'

/** https://www.rfc-editor.org/rfc/rfc8018#appendix-A */
export const PBKDF2 = '1.2.840.113549.1.5.12'
export const PBES2 = '1.2.840.113549.1.5.13'
export const HMAC_SHA256 = '1.2.840.113549.2.9'

/** https://csrc.nist.gov/projects/computer-security-objects-register/algorithm-registration */
export const AES_256_CBC = '2.16.840.1.101.3.4.1.42'
export const SHA256 = '2.16.840.1.101.3.4.2.1'
/** https://www.rfc-editor.org/rfc/rfc3279#section-2.1 */
export const SHA1 = '1.3.14.3.2.26'

/** Signature algorithms. https://www.rfc-editor.org/rfc/rfc5758#section-3.2 */
export const ECDSA_SHA256 = '1.2.840.10045.4.3.2'
export const ECDSA_SHA384 = '1.2.840.10045.4.3.3'
/** https://www.rfc-editor.org/rfc/rfc4055#section-5 */
export const RSA_SHA256 = '1.2.840.113549.1.1.11'
export const RSA_SHA384 = '1.2.840.113549.1.1.12'
export const RSA_SHA512 = '1.2.840.113549.1.1.13'
/** Key and signature algorithm in one. https://www.rfc-editor.org/rfc/rfc8410#section-3 */
export const ED25519 = '1.3.101.112'
