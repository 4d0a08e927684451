import type { Command } from 'commander'
import {
  type CertificateRecord,
  LEAF_PROFILES,
  type LeafProfile,
  type RevocationReason,
} from '../src/domain/certificate/certificate.ts'
import { createRevocation, GIVEN_REASONS, type Revocation } from '../src/domain/certificate/revocation.ts'
import { requireFingerprint } from '../src/domain/hex.ts'
import { createSiteRegistry } from '../src/domain/site/site-registry.ts'
import { IdentityError } from '../src/errors.ts'
import { systemClock } from '../src/system-clock.ts'
import { encodePem } from '../src/x509/pem.ts'
import { type HomeWithAuthority, withAuthority } from './authority.ts'
import { apiOrder, certificateFiles, type MadeCertificate, writeBesideRequest } from './certificate-files.ts'
import { command, group, wholeNumber } from './command.ts'
import { OPERATOR, withHome } from './home.ts'
import { iso, print, type ReportOptions, table } from './report.ts'

/** `countersign cert …`: certificates, whatever their profile. */
export function certCommands(): Command {
  return group('cert', 'issue, look at, revoke, hold and release certificates', [
    command(
      'issue --profile P --csr FILE',
      'issue a certificate for a request',
      'cert issue --profile admin --csr me.csr',
    )
      .requiredOption('--profile <name>', 'api, admin or tls-server; browsers enroll by `countersign invite`')
      .requiredOption('--csr <file>', 'a PKCS#10 request, PEM or DER')
      .option('--site <name>', 'api: the site')
      .option('--service <name>', 'api: its service')
      .option('--host <name...>', 'tls-server: DNS names and IP addresses')
      .option('--label <text>', 'what its common name says')
      .action(issue),
    command('list', 'list certificates, newest first', 'cert list --profile browser --status active')
      .option('--profile <name>', LEAF_PROFILES.join(', '))
      .option('--status <name>', 'active, held or revoked')
      .option('--limit <number>', 'at most so many', wholeNumber(1, 1_000), 100)
      .action(list),
    command('show FINGERPRINT', 'show one certificate', 'cert show <fingerprint>')
      .argument('<fingerprint>')
      .action(show),
    command(
      'revoke FINGERPRINT',
      'revoke for ever; the next verdict knows',
      'cert revoke <fingerprint> --reason key-compromise',
    )
      .argument('<fingerprint>')
      .option('--reason <reason>', GIVEN_REASONS.join(', '), 'unspecified')
      .action(revoke),
    command('hold FINGERPRINT', 'revoke until released', 'cert hold <fingerprint>')
      .argument('<fingerprint>')
      .action(hold),
    command('release FINGERPRINT', 'end a hold', 'cert release <fingerprint>')
      .argument('<fingerprint>')
      .action(release),
  ])
}

interface IssueOptions extends ReportOptions {
  readonly profile: string
  readonly csr: string
  readonly site?: string
  readonly service?: string
  readonly host?: string[]
  readonly label?: string
}

async function issue(options: IssueOptions): Promise<void> {
  const order = ORDERS[options.profile]
  if (!order)
    throw new IdentityError(
      'profile-violation',
      `The profile (--profile) is one of ${Object.keys(ORDERS).join(', ')}; a browser enrolls at the address that \`countersign invite\` prints.`,
    )
  await withAuthority(async (home) => print(certificateFiles(await order(home, options)), options))
}

type Ordered = (home: HomeWithAuthority, options: IssueOptions) => Promise<MadeCertificate>

const NOBODY = { subscriberId: null, deviceId: null, siteId: null, service: null }

/** What each profile needs beside the request. */
const ORDERS: Readonly<Record<string, Ordered | undefined>> = {
  api: async (home, { csr, site, service }) => {
    if (site === undefined || service === undefined)
      throw new IdentityError('query-invalid', 'The profile api needs --site NAME and --service NAME.')
    const found = await createSiteRegistry({ store: home.store, clock: systemClock }).named(site)
    return writeBesideRequest(home, apiOrder({ site: found, service }), csr)
  },
  admin: (home, { csr, label }) =>
    writeBesideRequest(home, { profile: 'admin', label: label ?? 'Operator', binding: NOBODY }, csr),
  'tls-server': (home, { csr, host, label }) => {
    if (host === undefined)
      throw new IdentityError('query-invalid', 'The profile tls-server needs --host NAME, once for each name.')
    return writeBesideRequest(
      home,
      { profile: 'tls-server', label: label ?? host[0]!, binding: NOBODY, hosts: host },
      csr,
    )
  },
}

async function list(options: ReportOptions & { profile?: string; status?: string; limit: number }): Promise<void> {
  const profile = oneOf('--profile', LEAF_PROFILES, options.profile)
  const status = oneOf('--status', ['active', 'held', 'revoked'] as const, options.status)
  await withHome(async ({ store }) => {
    const found = await store.certificates({
      ...(profile && { profile }),
      ...(status && { status }),
      limit: options.limit,
    })
    const rows = found.map((one) => [
      one.profile,
      one.status,
      one.label,
      iso(one.notAfter)?.slice(0, 10) ?? '',
      one.fingerprint,
    ])
    print(
      {
        data: { certificates: found.map(fields) },
        lines:
          found.length === 0
            ? ['There are none.']
            : table([['PROFILE', 'STATUS', 'LABEL', 'NOT AFTER', 'FINGERPRINT'], ...rows]),
      },
      options,
    )
  })
}

async function show(fingerprint: string, options: ReportOptions): Promise<void> {
  await withHome(async ({ store }) => {
    const found = await store.certificate(requireFingerprint(fingerprint))
    if (!found)
      throw new IdentityError(
        'certificate-unknown',
        `No certificate here has the fingerprint ${fingerprint}. \`countersign cert list\` shows those there are.`,
      )
    const shown = { ...fields(found), renewed_from: (await store.renewedFrom(fingerprint)) ?? null }
    const data = { ...shown, pem: encodePem('CERTIFICATE', found.der) }
    const rows = Object.entries(shown).filter(([, value]) => value !== null)
    print(
      { data, lines: [...table(rows.map(([name, value]) => [name, String(value)])), '', data.pem.trimEnd()] },
      options,
    )
  })
}

async function revoke(fingerprint: string, options: ReportOptions & { reason: string }): Promise<void> {
  const reason = oneOf('--reason', GIVEN_REASONS, options.reason) ?? 'unspecified'
  await change(
    options,
    fingerprint,
    'revoked',
    (revocation) => revocation.revoke(OPERATOR, fingerprint, reason),
    reason,
  )
}

async function hold(fingerprint: string, options: ReportOptions): Promise<void> {
  await change(options, fingerprint, 'held', (revocation) => revocation.hold(OPERATOR, fingerprint), 'certificate-hold')
}

const HELD_WITH_IT =
  'What was renewed from it is held with it. `countersign cert list --status held` shows that, and each is released on its own.'

async function release(fingerprint: string, options: ReportOptions): Promise<void> {
  await change(options, fingerprint, 'active', (revocation) => revocation.release(OPERATOR, fingerprint), null)
}

async function change(
  options: ReportOptions,
  fingerprint: string,
  status: string,
  act: (revocation: Revocation) => Promise<void>,
  reason: RevocationReason | null,
): Promise<void> {
  await withHome(async ({ store }) => {
    await act(createRevocation({ store, clock: systemClock }))
    print(
      {
        data: { fingerprint, status, reason },
        lines: [
          `The certificate is ${status} now; every question asked from here on is answered so.`,
          ...(status === 'held' ? [HELD_WITH_IT] : []),
        ],
      },
      options,
    )
  })
}

function oneOf<T extends string>(option: string, allowed: readonly T[], value: string | undefined): T | undefined {
  const found = allowed.find((known) => known === value)
  if (value === undefined || found) return found
  throw new IdentityError('query-invalid', `The option ${option} is one of ${allowed.join(', ')}.`)
}

/** Documented fields of a certificate under --json. */
function fields(one: CertificateRecord) {
  return {
    fingerprint: one.fingerprint,
    serial: one.serial,
    issuer: one.issuer,
    profile: one.profile satisfies LeafProfile,
    label: one.label,
    status: one.status,
    reason: one.reason,
    revoked_at: iso(one.revokedAt),
    not_before: iso(one.notBefore),
    not_after: iso(one.notAfter),
    expires_at: iso(one.expiresAt),
    validated_at: iso(one.validatedAt),
    validated_with: one.validatedWith,
    last_used_at: iso(one.lastUsedAt),
    service: one.service,
  }
}
