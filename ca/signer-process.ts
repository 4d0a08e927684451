import { resolve } from 'node:path'
import type { IssuerName } from '../src/domain/certificate/certificate.ts'
import { IdentityError } from '../src/errors.ts'
import type { Log } from './log.ts'
import type { ProfileName } from './profiles.ts'
import { type Answer, SignerLink, type SignerOptions, type SignerRequest, unavailable } from './signer-link.ts'

/** The signer as its parent sees it. All methods throw IdentityError signer-refused or signer-unavailable. */
export interface Signer {
  /** @returns the signature over this TBSCertificate, DER */
  signCertificate(issuer: IssuerName, profile: ProfileName, tbs: Uint8Array): Promise<Uint8Array>
  /** @returns the signature over this TBSCertList, DER */
  signList(issuer: IssuerName, tbs: Uint8Array): Promise<Uint8Array>
  /** In a ceremony alone. @returns the new key's SubjectPublicKeyInfo, DER */
  makeKey(issuer: IssuerName): Promise<Uint8Array>
  /** @returns the issuers whose keys it holds */
  status(): Promise<readonly IssuerName[]>
  /** The process id, for `doctor` and tests; undefined while it is being started again. */
  readonly pid: number | undefined
  close(): Promise<void>
}

const FIRST_RETRY = 100
const LAST_RETRY = 5_000

/**
 * Starts the signer process and keeps it alive: it is started again after a crash, at growing intervals (0.1 to 5 s).
 * A ceremony's signer is not.
 * @throws IdentityError key-file-unsafe, key-file-unreadable, signer-unavailable
 */
export async function startSigner(options: SignerOptions & { readonly log?: Log }): Promise<Signer> {
  const settled = { ...options, directory: resolve(options.directory), passphraseFile: resolve(options.passphraseFile) }
  return new KeptSigner(settled, await SignerLink.open(settled))
}

class KeptSigner implements Signer {
  readonly #options: SignerOptions & { readonly log?: Log }
  #link: SignerLink | undefined
  #retry: NodeJS.Timeout | undefined
  #restarting: Promise<void> | undefined
  #wait = FIRST_RETRY
  #closed = false

  constructor(options: SignerOptions & { readonly log?: Log }, link: SignerLink) {
    this.#options = options
    this.#keep(link)
  }

  get pid(): number | undefined {
    return this.#link?.pid
  }

  async signCertificate(issuer: IssuerName, profile: ProfileName, tbs: Uint8Array): Promise<Uint8Array> {
    return (await this.#ask({ type: 'sign-certificate', issuer, profile }, tbs)).body
  }

  async signList(issuer: IssuerName, tbs: Uint8Array): Promise<Uint8Array> {
    return (await this.#ask({ type: 'sign-list', issuer }, tbs)).body
  }

  async makeKey(issuer: IssuerName): Promise<Uint8Array> {
    return (await this.#ask({ type: 'make-key', issuer })).body
  }

  async status(): Promise<readonly IssuerName[]> {
    return (await this.#ask({ type: 'status' })).issuers ?? []
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#retry)
    await this.#restarting
    await this.#link?.close()
  }

  #ask(request: SignerRequest, body?: Uint8Array): Promise<Answer> {
    return this.#link === undefined ? Promise.reject(unavailable()) : this.#link.ask(request, body)
  }

  #keep(link: SignerLink): void {
    this.#link = link
    const since = performance.now()
    link.ended.then(() => {
      this.#link = undefined
      if (this.#closed || this.#options.ceremony === true) return
      // A life that lasted tells nothing of the next one: only crashes in a row make the pauses grow.
      if (performance.now() - since > LAST_RETRY) this.#wait = FIRST_RETRY
      this.#options.log?.error({ pid: link.pid }, 'the signer has ended; it is being started again')
      this.#restartLater()
    })
  }

  #restartLater(): void {
    this.#retry = setTimeout(() => {
      this.#restarting = this.#restart()
    }, this.#wait)
    this.#wait = Math.min(this.#wait * 2, LAST_RETRY)
  }

  async #restart(): Promise<void> {
    try {
      const link = await SignerLink.open(this.#options)
      if (this.#closed) await link.close()
      else this.#keep(link)
    } catch (error) {
      const code = error instanceof IdentityError ? error.code : 'internal'
      this.#options.log?.error({ code }, 'the signer could not be started')
      if (!this.#closed) this.#restartLater()
    }
  }
}
