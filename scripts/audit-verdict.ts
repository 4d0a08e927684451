import { existsSync } from 'node:fs'
import type { AuditHead } from '../src/domain/audit/audit.ts'
import { verifyChain } from '../src/domain/audit/audit-chain.ts'
import { IdentityError } from '../src/errors.ts'
import { readAuditHead } from '../src/store/audit-head.ts'
import { auditHeadFile, type OpenHome } from './home.ts'

/** Rows read at a time. */
const PAGE = 1_000

/** Whether the record is whole; if not, what was found, and what to do, in whole sentences. */
export type AuditVerdict =
  | { readonly sound: true; readonly rows: number; readonly headFile: number | null }
  | { readonly sound: false; readonly finding: string; readonly cure: string }

const KEEP = 'Keep the store and the head file as they are, and compare them with a backup.'

/**
 * Walks the audit chain and holds it against the head file. Without that file an end that was cut off would not show,
 * so only a chain that has no row yet needs none.
 */
export async function judgeAudit({ config, keyring, store }: OpenHome): Promise<AuditVerdict> {
  const file = auditHeadFile(config)
  let kept: AuditHead | undefined
  try {
    // read before the rows: beside a running server the chain may only have grown since
    kept = existsSync(file) ? readAuditHead(file, keyring) : undefined
  } catch (error) {
    if (!(error instanceof IdentityError)) throw error
    return { sound: false, finding: `The head file ${file} cannot be believed.`, cure: error.message }
  }
  const verdict = await verifyChain(keyring.audit, (after) => store.auditRows(after, PAGE), kept ? [kept] : [])
  if (!verdict.sound)
    return {
      sound: false,
      finding: `The audit chain is broken at row ${verdict.count} (${verdict.fault}).`,
      cure: KEEP,
    }
  const { count } = verdict.head
  if (!kept && count > 0) {
    return {
      sound: false,
      finding: `There is no head file at ${file}, so nothing tells whether rows behind row ${count} were cut off.`,
      cure: 'Restore it; or look at the newest rows (`countersign audit list`), and when none is missing, start the service once: it writes a new one.',
    }
  }
  return { sound: true, rows: count, headFile: kept?.count ?? null }
}
