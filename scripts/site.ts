import { join } from 'node:path'
import type { Command } from 'commander'
import type { Site } from '../src/domain/site/site.ts'
import { createSiteRegistry, type SiteRegistry } from '../src/domain/site/site-registry.ts'
import { IdentityError } from '../src/errors.ts'
import { systemClock } from '../src/system-clock.ts'
import { withAuthority } from './authority.ts'
import { certificateFiles, issueToFile, issueToFolder, type SiteService } from './certificate-files.ts'
import { command, group } from './command.ts'
import { OPERATOR, type OpenHome, withHome } from './home.ts'
import { iso, print, type ReportOptions, table } from './report.ts'
import { siteInitCommand } from './site-init.ts'
import { sitePlanCommand } from './site-plan.ts'
import { policyFields, policyLines, sitePolicyCommand } from './site-policy.ts'
import { sitePushCommand } from './site-push.ts'
import { siteWatchCommand } from './site-watch.ts'

/** `countersign site …`: the relying parties and their services' certificates. */
export function siteCommands(): Command {
  return group('site', 'sites that ask for verdicts, and the certificates of their services', [
    siteInitCommand(),
    siteWatchCommand(),
    command('add NAME --return-to URL…', 'register a site', 'site add shop --return-to https://shop.example/signed-in')
      .argument('<name>', 'lower-case letters, digits and hyphens')
      .requiredOption(
        '--return-to <url...>',
        'addresses that people may be sent back to, with all below them; the first is the default',
      )
      .option(
        '--checks <name...>',
        'the last proof must have been one of these (passkey, totp, password, recovery-code)',
      )
      .action(add),
    command('list', 'list the sites', 'site list').action(list),
    command('show NAME', 'show one site: what counts for it and why, and its certificates', 'site show shop')
      .argument('<name>')
      .action(show),
    sitePolicyCommand(),
    command('remove NAME', 'remove a site; all its certificates are revoked', 'site remove shop')
      .argument('<name>')
      .action(remove),
    command(
      'cert SITE SERVICE (--csr FILE | --out DIR)',
      'give a service of a site its API certificate',
      'site cert shop web --out ./identity',
    )
      .argument('<site>')
      .argument('<service>')
      .option('--csr <file>', 'a PKCS#10 request made by the service itself: its key never leaves it')
      .option('--out <dir>', 'make the key here too, and write key.pem, cert.pem and root.pem into this folder')
      .option('--right <name...>', 'give the service a right too (forward-auth: it speaks for a proxy)')
      .action(issue),
    command(
      'rights SITE SERVICE [RIGHT…]',
      'give a service exactly these rights; none takes all away',
      'site rights shop proxy forward-auth',
    )
      .argument('<site>')
      .argument('<service>')
      .argument('[rights...]', 'forward-auth: it speaks for a proxy')
      .action(setRights),
    sitePlanCommand(),
    sitePushCommand(),
  ])
}

async function add(name: string, options: ReportOptions & { returnTo: string[]; checks?: string[] }): Promise<void> {
  await withRegistry(async (registry) => {
    const site = await registry.add(OPERATOR, { name, returnTo: options.returnTo, checks: options.checks ?? [] })
    print(
      {
        data: fields(site),
        lines: [`Added the site ${site.name}.`, ...describe(site)],
        next: `npx countersign site cert ${site.name} web --out ${site.name}`,
      },
      options,
    )
  })
}

async function list(options: ReportOptions): Promise<void> {
  await withHome(async ({ store }) => {
    const sites = await store.sites()
    const rows = sites.map((site) => [site.name, site.returnTo[0] ?? '', iso(site.createdAt) ?? ''])
    print(
      {
        data: { sites: sites.map(fields) },
        lines: sites.length === 0 ? ['There are no sites yet.'] : table([['NAME', 'RETURN TO', 'ADDED'], ...rows]),
      },
      options,
    )
  })
}

async function show(name: string, options: ReportOptions): Promise<void> {
  await withRegistry(async (registry, { store, config: { policy } }) => {
    const site = await registry.named(name)
    const services = Object.keys(site.policies.services).sort()
    const certificates = await store.certificates({ siteId: site.id, limit: 1000 })
    const rows = certificates.map((one) => [one.service ?? '', one.status, iso(one.notAfter) ?? '', one.fingerprint])
    const data = {
      ...fields(site),
      policy: policyFields(policy, site),
      services: Object.fromEntries(services.map((service) => [service, policyFields(policy, site, service)])),
      certificates: certificates.map(({ service, status, notAfter, fingerprint }) => ({
        service,
        status,
        not_after: iso(notAfter),
        fingerprint,
      })),
    }
    print(
      {
        data,
        lines: [
          `Site ${site.name}`,
          ...describe(site),
          '',
          ...policyLines(policy, site),
          ...services.flatMap((service) => ['', `Service ${service}`, ...policyLines(policy, site, service)]),
          '',
          ...table([['SERVICE', 'STATUS', 'NOT AFTER', 'FINGERPRINT'], ...rows]),
        ],
      },
      options,
    )
  })
}

async function remove(name: string, options: ReportOptions): Promise<void> {
  await withRegistry(async (registry) => {
    await registry.remove(OPERATOR, name)
    print({ data: { removed: name }, lines: [`Removed the site ${name}; its services get no more answers.`] }, options)
  })
}

async function issue(
  siteName: string,
  service: string,
  options: ReportOptions & { csr?: string; out?: string; right?: string[] },
): Promise<void> {
  if ((options.csr === undefined) === (options.out === undefined))
    throw new IdentityError('query-invalid', 'Give exactly one of --csr FILE and --out DIR.')
  await withAuthority(async (home) => {
    const registry = createSiteRegistry({ store: home.store, clock: systemClock })
    const target: SiteService = { site: await registry.named(siteName), service }
    if (options.right) await registry.grant(OPERATOR, siteName, service, options.right)
    const made =
      options.csr === undefined
        ? await issueToFolder(home, target, options.out!)
        : await issueToFile(home, target, options.csr)
    const { cert, key = 'KEY', root = join(home.config.home, 'root.pem') } = made.files
    const next = `curl --cacert ${root} --cert ${cert} --key ${key} ${home.config.listeners.api.url}/v1/site`
    print({ ...certificateFiles(made), next }, options)
  })
}

async function setRights(name: string, service: string, rights: string[], options: ReportOptions): Promise<void> {
  await withRegistry(async (registry) => {
    const set = await registry.setRights(OPERATOR, name, service, rights)
    const line = set.length === 0 ? 'has no rights beyond asking now' : `has the rights ${set.join(', ')} now`
    print(
      { data: { site: name, service, rights: set }, lines: [`The service ${service} of ${name} ${line}.`] },
      options,
    )
  })
}

function withRegistry<T>(use: (registry: SiteRegistry, home: OpenHome) => Promise<T>): Promise<T> {
  return withHome((home) => use(createSiteRegistry({ store: home.store, clock: systemClock }), home))
}

function fields(site: Site) {
  return {
    name: site.name,
    return_to: site.returnTo,
    checks: site.checks,
    rights: site.rights,
    created_at: iso(site.createdAt),
  }
}

function describe(site: Site): readonly string[] {
  return [
    ...site.returnTo.map((address, index) => `  return to: ${address}${index === 0 ? ' (default)' : ''}`),
    ...site.checks.map((check) => `  check: ${check}`),
    ...Object.entries(site.rights).map(([service, rights]) => `  right of ${service}: ${rights.join(', ')}`),
  ]
}
