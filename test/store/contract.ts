import t from 'tap'
import { accountsContract } from './contract/accounts.ts'
import { auditContract } from './contract/audit.ts'
import { checksContract } from './contract/checks.ts'
import { devicesContract } from './contract/devices.ts'
import { enrollmentContract } from './contract/enrollment.ts'
import { feedContract } from './contract/feed.ts'
import { issuanceContract } from './contract/issuance.ts'
import { meetingsContract } from './contract/meetings.ts'
import { migrationContract } from './contract/migration.ts'
import { nodesContract } from './contract/nodes.ts'
import { racesContract } from './contract/races.ts'
import { revalidationContract } from './contract/revalidation.ts'
import { revocationContract } from './contract/revocation.ts'
import { securityStreamsContract } from './contract/security-streams.ts'
import { serviceRenewalsContract } from './contract/service-renewals.ts'
import { siteAccountsContract } from './contract/site-accounts.ts'
import { siteEventsContract } from './contract/site-events.ts'
import { sitePoliciesContract } from './contract/site-policies.ts'
import { sitesContract } from './contract/sites.ts'
import { subjectsContract } from './contract/subjects.ts'
import { trustContract } from './contract/trust.ts'
import { trustToldContract } from './contract/trust-told.ts'
import { usageContract } from './contract/usage.ts'
import type { MakeDatabase } from './engine.ts'

/** What `domain/store.ts` promises, held against one engine. */
export async function storeContract(make: MakeDatabase): Promise<void> {
  for (const [name, contract] of Object.entries({
    migration: migrationContract,
    issuance: issuanceContract,
    revocation: revocationContract,
    'service renewals': serviceRenewalsContract,
    sites: sitesContract,
    'site policies': sitePoliciesContract,
    subjects: subjectsContract,
    trust: trustContract,
    'trust, told': trustToldContract,
    meetings: meetingsContract,
    usage: usageContract,
    'site accounts': siteAccountsContract,
    enrollment: enrollmentContract,
    revalidation: revalidationContract,
    checks: checksContract,
    devices: devicesContract,
    accounts: accountsContract,
    feed: feedContract,
    'site events': siteEventsContract,
    'security streams': securityStreamsContract,
    audit: auditContract,
    races: racesContract,
    nodes: nodesContract,
  })) {
    await t.test(name, (t) => contract(t, make))
  }
}
