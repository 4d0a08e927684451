import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Authority } from '../../ca/authority.ts'
import { initAuthority } from '../../ca/ceremony.ts'
import { type Signer, startSigner } from '../../ca/signer-process.ts'

/** An authority that a test made for itself. */
export interface TestAuthority {
  readonly authority: Authority
  /** its folder: `<home>/ca` */
  readonly directory: string
  readonly passphraseFile: string
  /** Starts a signer with the keys of the three online issuers; the caller closes it. */
  startSigner(): Promise<Signer>
}

/**
 * Makes an authority by a real ceremony (about 0.2 s) under a home folder, which may exist already.
 * @param options.pkiUrl default http://localhost:8480
 */
export async function makeAuthority(home: string, options: { pkiUrl?: string } = {}): Promise<TestAuthority> {
  mkdirSync(home, { recursive: true })
  const directory = join(home, 'ca')
  const passphraseFile = join(home, 'passphrase')
  writeFileSync(passphraseFile, 'a passphrase of the tests\n', { mode: 0o600 })
  const pkiUrl = options.pkiUrl ?? 'http://localhost:8480'
  const authority = await initAuthority({ directory, passphraseFile, pkiUrl, now: Date.now() })
  return {
    authority,
    directory,
    passphraseFile,
    startSigner: () => startSigner({ directory, passphraseFile, issuers: ['browser', 'api', 'internal'] }),
  }
}
