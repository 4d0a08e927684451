import { execFileSync, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Authority } from '../../ca/authority.ts'
import type { IssuerName } from '../../src/domain/certificate/certificate.ts'
import { encodePem } from '../../src/x509/pem.ts'

/** What another program said of a certificate. */
export interface Judgement {
  readonly ok: boolean
  readonly said: string
}

export function pemOf(der: Uint8Array): string {
  return encodePem('CERTIFICATE', der)
}

/** Runs a program to its end, with nothing to read. */
export function run(program: string, args: readonly string[], input: string | Uint8Array = ''): Judgement {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', input })
  if (error) throw error
  return { ok: status === 0, said: `${stdout}${stderr}` }
}

/** `openssl verify`, with everything strict. The chain is the issuing CA's certificate; the root is the anchor. */
export function opensslVerify(
  directory: string,
  authority: Authority,
  der: Uint8Array,
  args: readonly string[],
): Judgement {
  const leaf = join(directory, 'judged.pem')
  const chain = join(directory, 'chain.pem')
  const { root, ...issuing } = authority.issuers
  writeFileSync(leaf, pemOf(der))
  writeFileSync(
    chain,
    Object.values(issuing)
      .map(({ pem }) => pem)
      .join(''),
  )
  writeFileSync(join(directory, 'root.pem'), root.pem)
  const anchor = ['-CAfile', join(directory, 'root.pem'), '-no-CAstore', '-no-CApath']
  return run('openssl', ['verify', '-x509_strict', '-check_ss_sig', ...anchor, '-untrusted', chain, ...args, leaf])
}

/** GnuTLS: the whole chain from a file, against the root. */
export function certtoolVerify(directory: string, authority: Authority, chain: readonly string[]): Judgement {
  const anchor = join(directory, 'gnutls-root.pem')
  writeFileSync(anchor, authority.issuers.root.pem)
  return run('certtool', ['--verify', '--load-ca-certificate', anchor], chain.join(''))
}

/** An NSS database that trusts the root, for both kinds of TLS certificates. */
export class NssDatabase {
  readonly #path: string

  constructor(directory: string, authority: Authority) {
    this.#path = `sql:${directory}`
    execFileSync('certutil', ['-N', '-d', this.#path, '--empty-password'])
    this.#add('root', 'CT,C,', authority.issuers.root.pem)
    for (const issuer of ['browser', 'api', 'internal'] as const) this.#add(issuer, ',,', authority.issuers[issuer].pem)
  }

  /** @param usage C: TLS client; V: TLS server */
  verify(der: Uint8Array, usage: string): Judgement {
    const nickname = `judged ${Math.random()}`
    this.#add(nickname, ',,', pemOf(der))
    return this.#judge(nickname, usage)
  }

  /** Judges an issuing CA as a CA. */
  verifyIssuer(issuer: IssuerName): Judgement {
    return this.#judge(issuer, 'L')
  }

  #judge(nickname: string, usage: string): Judgement {
    const judged = run('certutil', ['-V', '-d', this.#path, '-n', nickname, '-u', usage, '-e'])
    return { ...judged, ok: judged.ok && judged.said.includes('certificate is valid') }
  }

  #add(nickname: string, trust: string, pem: string): void {
    execFileSync('certutil', ['-A', '-d', this.#path, '-n', nickname, '-t', trust, '-a'], { input: pem })
  }
}
