import { type Authority, loadAuthority } from '../ca/authority.ts'
import { createIssuer } from '../ca/issue.ts'
import { type Signer, startSigner } from '../ca/signer-process.ts'
import type { Config } from '../src/config.ts'
import { ONLINE_ISSUERS } from '../src/domain/certificate/certificate.ts'
import type { Issuer } from '../src/domain/issuer.ts'
import { authorityFolder, type OpenHome, withHome } from './home.ts'

/** A home whose certificate authority is at hand too. */
export interface HomeWithAuthority extends OpenHome {
  readonly authority: Authority
  readonly signer: Signer
  readonly issuer: Issuer
}

/**
 * Opens home and authority for one command. The signer is a process of its own here as in the server.
 * @param at default: this shell's configuration
 */
export function withAuthority<T>(use: (home: HomeWithAuthority) => Promise<T>, at?: Config): Promise<T> {
  return withHome(async (home) => {
    const { config } = home
    const directory = authorityFolder(config)
    const authority = loadAuthority(directory)
    const signer = await startSigner({ directory, passphraseFile: config.passphraseFile, issuers: ONLINE_ISSUERS })
    try {
      return await use({
        ...home,
        authority,
        signer,
        issuer: createIssuer({ authority, signer, policy: config.policy }),
      })
    } finally {
      await signer.close()
    }
  }, at)
}
