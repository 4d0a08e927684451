import { ISSUERS, type IssuerName, type OnlineIssuer } from '../src/domain/certificate/certificate.ts'
import { IdentityError } from '../src/errors.ts'
import { type ParsedTbs, parseTbsCertificate } from '../src/x509/certificate.ts'
import { readTbsCertListHeader } from '../src/x509/crl.ts'
import { compareBytes } from '../src/x509/der.ts'
import { keyIdentifier } from '../src/x509/key-identifier.ts'
import { authorityFiles, readIssuer, readIssuerPkiUrl } from './authority.ts'
import { requireListWithinBounds, requireWithinProfile } from './ceilings.ts'
import { makeKeyFile, openKeyFile, readPassphrase } from './keys/file.ts'
import type { SigningKey } from './keys/signing-key.ts'
import type { StartMessage } from './message.ts'
import type { ProfileName } from './profiles.ts'
import { buildTbs, type IssuerIdentity, type Kind, partsOf, pkiUrlOf } from './tbs.ts'

/** Profiles of the authority's own certificates, and of nobody else's. */
const CEREMONIAL: readonly ProfileName[] = ['root', 'issuing', 'twin']

/**
 * Where the keys lie and signatures are made. It decides nothing but what no certificate may ever be: what it is handed
 * is taken apart, built anew from the profile's table, and signed only when both are equal byte for byte.
 */
export class SigningDesk {
  readonly #ceremony: boolean
  readonly #directory: string
  readonly #passphrase: string
  readonly #keys = new Map<IssuerName, SigningKey>()
  readonly #identities = new Map<IssuerName, IssuerIdentity>()

  /**
   * Opens the keys that are asked for.
   * @throws IdentityError key-file-unsafe, key-file-unreadable; signer-refused: the root key outside a ceremony
   */
  constructor({ directory, passphraseFile, issuers, ceremony }: StartMessage) {
    if (issuers.includes('root') && !ceremony) throw refused('the root key is opened in a ceremony alone')
    this.#ceremony = ceremony
    this.#directory = directory
    this.#passphrase = readPassphrase(passphraseFile)
    for (const issuer of issuers) this.#open(issuer)
  }

  /** The issuers whose keys are here. */
  get issuers(): readonly IssuerName[] {
    return [...this.#keys.keys()]
  }

  /**
   * In a ceremony alone, and never in place of a key that is there.
   * @returns SubjectPublicKeyInfo, DER
   * @throws IdentityError signer-refused, key-file-unsafe
   */
  makeKey(issuer: IssuerName): Uint8Array {
    if (!this.#ceremony) throw refused('keys are made in a ceremony alone')
    const key = makeKeyFile(authorityFiles(this.#directory).key(issuer), this.#passphrase)
    this.#keys.set(issuer, key)
    return key.spki
  }

  /**
   * @param tbs TBSCertificate, DER
   * @param now epoch ms, by the signer's own clock
   * @returns the signature
   * @throws IdentityError signer-refused, profile-violation, key-unsupported, key-weak, der-malformed and the like
   */
  signCertificate(issuer: IssuerName, profile: ProfileName, tbs: Uint8Array, now: number): Uint8Array {
    if (CEREMONIAL.includes(profile) && !this.#ceremony) throw refused('an authority is certified in a ceremony alone')
    const key = this.#key(issuer)
    const parsed = parseTbsCertificate(tbs)
    const kind = { profile, ...this.#roleOf(profile, parsed) }
    const identity = this.#identityFor(issuer, profile, parsed)
    requireWithinProfile(kind, identity, partsOf(parsed), now)
    if (!CEREMONIAL.includes(profile) && this.#isAuthorityKey(parsed.spki)) throw refused("the key is an authority's")
    if (!equal(buildTbs(kind, identity, partsOf(parsed)), tbs)) throw refused('it is not what its profile makes of it')
    this.#learn(kind, parsed)
    return key.sign(tbs)
  }

  /**
   * @param tbs TBSCertList, DER
   * @throws IdentityError signer-refused, profile-violation, der-malformed
   */
  signList(issuer: IssuerName, tbs: Uint8Array, now: number): Uint8Array {
    const key = this.#key(issuer)
    requireListWithinBounds(this.#identity(issuer), readTbsCertListHeader(tbs), now)
    return key.sign(tbs)
  }

  #open(issuer: IssuerName): void {
    const files = authorityFiles(this.#directory)
    const key = openKeyFile(files.key(issuer), this.#passphrase)
    const identity = readIssuer(this.#directory, issuer, readIssuerPkiUrl(this.#directory))
    if (!equal(key.spki, identity.spki)) {
      throw new IdentityError(
        'key-file-unreadable',
        `The key and the certificate of issuer ${issuer} are not of one pair.`,
      )
    }
    this.#keys.set(issuer, key)
    this.#identities.set(issuer, identity)
  }

  #key(issuer: IssuerName): SigningKey {
    const key = this.#keys.get(issuer)
    if (key === undefined) throw refused(`the key of issuer ${issuer} is not opened here`)
    return key
  }

  #identity(issuer: IssuerName): IssuerIdentity {
    const identity = this.#identities.get(issuer)
    if (identity === undefined) throw refused(`issuer ${issuer} has no certificate yet`)
    return identity
  }

  /** The CA that an authority's own certificate is for: known by its key, which has to be here. */
  #roleOf(profile: ProfileName, { spki }: ParsedTbs): { role?: OnlineIssuer } {
    if (profile !== 'issuing' && profile !== 'twin') return {}
    const role = ISSUERS.find((issuer) => issuer !== 'root' && equal(this.#keys.get(issuer)?.spki, spki))
    if (role === undefined || role === 'root') throw refused('it certifies an authority whose key is not opened here')
    return { role }
  }

  /** Who signs: for the root itself, what its first certificate is about to say. */
  #identityFor(issuer: IssuerName, profile: ProfileName, parsed: ParsedTbs): IssuerIdentity {
    if (profile === 'root') return identityOf(issuer, { ...parsed, spki: this.#key(issuer).spki }, '')
    const identity = this.#identity(issuer)
    // The address stands in the very certificates that are being made.
    return profile === 'issuing' ? { ...identity, pkiUrl: pkiUrlOf(parsed.known) } : identity
  }

  #isAuthorityKey(spki: Uint8Array): boolean {
    return [...this.#keys.values()].some((key) => equal(key.spki, spki))
  }

  /** In a ceremony one certificate follows from another before any file is written. */
  #learn({ profile, role }: Kind, parsed: ParsedTbs): void {
    if (profile === 'root') this.#identities.set('root', identityOf('root', parsed, ''))
    if (profile === 'issuing' && role) this.#identities.set(role, identityOf(role, parsed, pkiUrlOf(parsed.known)))
  }
}

function identityOf(
  issuer: IssuerName,
  { subject, spki, notAfter }: Pick<ParsedTbs, 'subject' | 'spki' | 'notAfter'>,
  pkiUrl: string,
): IssuerIdentity {
  return { issuer, subject, spki, keyIdentifier: keyIdentifier(spki), notAfter, pkiUrl }
}

function equal(a: Uint8Array | undefined, b: Uint8Array): boolean {
  return a !== undefined && compareBytes(a, b) === 0
}

function refused(what: string): IdentityError {
  return new IdentityError('signer-refused', `The signer signs this for nobody: ${what}.`)
}
