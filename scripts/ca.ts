import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { authorityFiles, loadAuthority } from '../ca/authority.ts'
import { initAuthority, renewRootList } from '../ca/ceremony.ts'
import { publishRootList } from '../ca/list.ts'
import type { Config } from '../src/config.ts'
import { ISSUERS } from '../src/domain/certificate/certificate.ts'
import { SEAL_KEY_BYTES } from '../src/domain/keyring.ts'
import { IdentityError } from '../src/errors.ts'
import { systemClock } from '../src/system-clock.ts'
import { parseCertList } from '../src/x509/crl.ts'
import { fingerprint } from '../src/x509/thumbprint.ts'
import { command, group } from './command.ts'
import { authorityFolder, configHere, withHome } from './home.ts'
import { iso, print, type ReportOptions, table } from './report.ts'

/** `countersign ca …`: the ceremony, and how the authority stands. */
export function caCommands(): Command {
  return group('ca', 'the certificate authority', [
    command('init', 'make root, issuing CAs and their keys (once)', 'ca init').action(init),
    command('status', 'show the issuers and their revocation lists', 'ca status').action(status),
    command('crl', 'have the root sign its revocation list for another year (needs the root key)', 'ca crl').action(
      renew,
    ),
  ])
}

async function init(options: ReportOptions): Promise<void> {
  const config = configHere()
  const made = await makeAuthority(config)
  const { root } = loadAuthority(authorityFolder(config)).issuers
  print(
    {
      data: {
        directory: authorityFolder(config),
        root_fingerprint: fingerprint(root.der),
        not_after: iso(root.notAfter),
        files: made,
      },
      lines: [
        `Made the authority: ${ISSUERS.join(', ')}.`,
        ...made.map((file) => `  ${file}`),
        `Root fingerprint: ${fingerprint(root.der)}`,
        '',
        `Move ${authorityFiles(authorityFolder(config)).key('root')} to a place that is offline: it is needed once a year, for \`countersign ca crl\`.`,
      ],
      next: 'npx countersign serve',
    },
    options,
  )
}

/**
 * Makes passphrase and seal key where they are missing, then the authority.
 * @returns the files that were made
 * @throws IdentityError authority-exists
 */
export async function makeAuthority(config: Config): Promise<readonly string[]> {
  const directory = authorityFolder(config)
  mkdirSync(config.home, { recursive: true, mode: 0o700 })
  const secrets = [
    makeSecret(config.passphraseFile, `${randomBytes(24).toString('base64url')}\n`),
    makeSecret(config.sealKeyFile, randomBytes(SEAL_KEY_BYTES)),
  ]
  const { issuers } = await initAuthority({
    directory,
    passphraseFile: config.passphraseFile,
    pkiUrl: config.listeners.pki.url,
    now: systemClock.now(),
  })
  const anchor = join(config.home, 'root.pem')
  writeFileSync(anchor, issuers.root.pem)
  return [...secrets.filter((file) => file !== undefined), directory, anchor]
}

/** Never overwrites: what was sealed with an older key would be lost. */
function makeSecret(path: string, content: string | Uint8Array): string | undefined {
  if (existsSync(path)) return undefined
  writeFileSync(path, content, { mode: 0o600, flag: 'wx' })
  return path
}

async function status(options: ReportOptions): Promise<void> {
  await withHome(async ({ config, store }) => {
    const authority = loadAuthority(authorityFolder(config))
    const rows = await Promise.all(
      ISSUERS.map(async (name) => {
        const list = await store.revocationList(name)
        const { der, notAfter } = authority.issuers[name]
        return {
          issuer: name,
          fingerprint: fingerprint(der),
          not_after: iso(notAfter),
          crl_number: list?.number ?? null,
          crl_next_update: iso(list?.nextUpdate ?? null),
          key: existsSync(authorityFiles(authority.directory).key(name)),
        }
      }),
    )
    const cells = rows.map((row) => [
      row.issuer,
      row.not_after?.slice(0, 10) ?? '',
      String(row.crl_number ?? '-'),
      row.crl_next_update ?? '-',
      row.key ? 'here' : 'elsewhere',
      row.fingerprint,
    ])
    print(
      {
        data: { pki_url: authority.pkiUrl, issuers: rows },
        lines: table([['ISSUER', 'NOT AFTER', 'CRL', 'NEXT UPDATE', 'KEY', 'FINGERPRINT'], ...cells]),
      },
      options,
    )
  })
}

async function renew(options: ReportOptions): Promise<void> {
  await withHome(async ({ config, store }) => {
    requireRootKey(authorityFolder(config))
    const authority = await renewRootList({
      directory: authorityFolder(config),
      passphraseFile: config.passphraseFile,
      now: systemClock.now(),
    })
    await publishRootList(store, authority)
    const { number, nextUpdate } = parseCertList(authority.rootList)
    print(
      {
        data: { issuer: 'root', number: Number(number), next_update: iso(nextUpdate) },
        lines: [
          `The root's revocation list ${number} is good until ${iso(nextUpdate)}.`,
          `  ${authorityFiles(authority.directory).rootList}`,
        ],
      },
      options,
    )
  })
}

/** It is where it should be, elsewhere. */
function requireRootKey(directory: string): void {
  const file = authorityFiles(directory).key('root')
  if (existsSync(file)) return
  throw new IdentityError(
    'key-file-unreadable',
    `The root key is not here. Bring it back to ${file} (chmod 600), run this again, and take it away.`,
  )
}
