import { createHmac, timingSafeEqual } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { open, readFile, rename, rm } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import type { AuditHead } from '../domain/audit/audit.ts'
import { sameMac } from '../domain/audit/audit-chain.ts'
import type { Keyring } from '../domain/keyring.ts'
import type { Store } from '../domain/store.ts'
import { IdentityError } from '../errors.ts'
import { monotonicNow } from './deadline.ts'
import { type FileLock, lockFile } from './file-lock.ts'
import type { StoreLog } from './store-log.ts'

/** The head follows the chain after at most this time and the writing itself, ms. */
const FOLLOW_AFTER = 200

export interface AuditHeadOptions {
  /** `<home>/audit.head`: outside the store, so that whoever rewrites the store cannot rewrite this with it */
  readonly file: string
  readonly keyring: Keyring
  readonly store: Pick<Store, 'auditHead' | 'auditRows' | 'onAudit'>
  readonly log?: StoreLog
}

/** Keeps the head file behind the chain's end, from now on until it is stopped. A broken chain is told to the log. */
export function followAuditHead(options: AuditHeadOptions): { stop(): Promise<void> } {
  const { store, log } = options
  let newest: AuditHead | undefined
  let timer: NodeJS.Timeout | undefined
  let writing = Promise.resolve()

  const write = () => {
    clearTimeout(timer)
    timer = undefined
    writing = writing.then(async () => {
      const head = newest ?? (await store.auditHead())
      await advanceAuditHead(options, head)
    })
    writing = writing.catch((error: unknown) => log?.error({ err: error }, 'the audit head was not moved'))
    return writing
  }
  store.onAudit((head) => {
    newest = head
    timer ??= setTimeout(write, FOLLOW_AFTER)
  })
  // what a process before this one committed and did not live to write down
  void write()
  return { stop: write }
}

/**
 * Moves the head file to a newer end of the chain, never backwards. First the head that is there must still be a row
 * of the chain: else someone has rewritten the store, and the file is the evidence.
 * @throws IdentityError audit-broken; the file is left as it is
 */
export async function advanceAuditHead({ file, keyring, store }: AuditHeadOptions, head: AuditHead): Promise<void> {
  const held = await lock(`${file}.lock`)
  try {
    const kept = await keptHead(file, keyring)
    if (kept) await requireInChain(kept, store)
    if (kept && kept.count >= head.count) return
    await replace(file, sealed(head, keyring))
  } finally {
    held.release()
  }
}

/**
 * Reads the head file.
 * @throws IdentityError audit-broken when it is not what this service wrote
 */
export function readAuditHead(file: string, keyring: Keyring): AuditHead {
  return opened(readFileSync(file, 'utf8'), keyring)
}

async function keptHead(file: string, keyring: Keyring): Promise<AuditHead | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  return text === undefined ? undefined : opened(text, keyring)
}

async function requireInChain(kept: AuditHead, store: AuditHeadOptions['store']): Promise<void> {
  if (kept.count === 0) return
  const [row] = await store.auditRows(kept.count - 1, 1)
  if (row?.count === kept.count && sameMac(row.mac, kept.mac)) return
  throw new IdentityError(
    'audit-broken',
    `The audit chain no longer goes through row ${kept.count}, which the head file holds. Keep the store and the file as they are, and run \`audit verify\`.`,
  )
}

interface SealedHead extends AuditHead {
  /** HMAC over count and mac with a key of its own, hex */
  readonly seal: string
}

function sealed({ count, mac }: AuditHead, keyring: Keyring): string {
  return `${JSON.stringify({ count, mac, seal: sealOf({ count, mac }, keyring).toString('hex') } satisfies SealedHead)}\n`
}

function opened(text: string, keyring: Keyring): AuditHead {
  try {
    const { count, mac, seal } = JSON.parse(text) as SealedHead
    const given = Buffer.from(seal, 'hex')
    const right = sealOf({ count, mac }, keyring)
    if (given.length === right.length && timingSafeEqual(given, right)) return { count, mac }
  } catch {
    // not even JSON: broken all the same
  }
  throw new IdentityError(
    'audit-broken',
    'The audit head file was not written by this service, or under another seal key. Keep it as it is, and put the right seal key in place.',
  )
}

function sealOf({ count, mac }: AuditHead, keyring: Keyring): Buffer {
  return createHmac('sha256', keyring['audit-head']).update(`${count}:${mac}`).digest()
}

/** The file is whole at all times, also after a loss of power. */
async function replace(file: string, text: string): Promise<void> {
  const next = `${file}.next`
  await rm(next, { force: true })
  const handle = await open(next, 'wx', 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(next, file)
}

/** Somebody who holds the lock for longer than this has been stopped, ms. */
const PATIENCE = 10_000

/** The command line and the server keep one head file: reading, comparing and replacing it is one act. */
async function lock(file: string): Promise<FileLock> {
  for (const until = monotonicNow() + PATIENCE; monotonicNow() < until; await pause(20)) {
    const lock = lockFile(file)
    if (lock) return lock
  }
  throw new Error(`another process holds ${file}, and does not go on`)
}
