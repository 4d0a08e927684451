import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto'
import type { Hex } from '../hex.ts'
import type { AuditEvent, AuditHead, AuditRow } from './audit.ts'

/** The end of a chain that has no row yet. */
export const CHAIN_START: AuditHead = Object.freeze({ count: 0, mac: '00'.repeat(32) })

/** How a chain can be broken, and at which row (`count`). */
export type ChainFault =
  /** a row's place is not the one after the row before: rows were taken out, put in or swapped */
  | 'out-of-order'
  /** a row's mac is not the one that key, row before and content give: edited, or computed with another key */
  | 'mac-mismatch'
  /** the chain ends before the expected head: its end was cut off */
  | 'cut-off'
  /** the chain is sound in itself, but another one than the expected head was taken from */
  | 'head-mismatch'

export type ChainVerdict =
  | { readonly sound: true; readonly head: AuditHead }
  | { readonly sound: false; readonly fault: ChainFault; readonly count: number }

/**
 * Puts an event at the end of the chain.
 * @param key the audit key, which is never in the store (as KeyObject: with raw bytes an HMAC costs six times as much)
 * @param head the chain's end so far
 */
export function nextRow(key: KeyObject, head: AuditHead, event: AuditEvent): AuditRow {
  const count = head.count + 1
  const mac = createHmac('sha256', key)
    .update(Buffer.from(head.mac, 'hex'))
    .update(canonical(count, event))
    .digest('hex')
  return { ...event, count, mac }
}

/**
 * Walks the whole chain.
 * @param key the audit key, 32 bytes
 * @param read the rows behind `afterCount` in order, as many as it likes at a time; none: the end
 * @param expected heads that were kept elsewhere (the head file): the chain must go through each of them
 */
export async function verifyChain(
  key: Uint8Array,
  read: (afterCount: number) => Promise<readonly AuditRow[]> | readonly AuditRow[],
  expected: readonly AuditHead[] = [],
): Promise<ChainVerdict> {
  const secret = createSecretKey(key)
  let head = CHAIN_START
  for (let rows = await read(0); rows.length > 0; rows = await read(head.count)) {
    for (const row of rows) {
      const fault = faultOf(secret, head, row, expected)
      if (fault) return { sound: false, fault, count: row.count }
      head = { count: row.count, mac: row.mac }
    }
  }
  const beyond = expected.find(({ count }) => count > head.count)
  return beyond ? { sound: false, fault: 'cut-off', count: head.count } : { sound: true, head }
}

function faultOf(
  key: KeyObject,
  head: AuditHead,
  row: AuditRow,
  expected: readonly AuditHead[],
): ChainFault | undefined {
  if (row.count !== head.count + 1) return 'out-of-order'
  if (!sameMac(nextRow(key, head, row).mac, row.mac)) return 'mac-mismatch'
  if (expected.some(({ count, mac }) => count === row.count && !sameMac(mac, row.mac))) return 'head-mismatch'
  return undefined
}

/** Compares in constant time. */
export function sameMac(left: Hex, right: Hex): boolean {
  const [a, b] = [Buffer.from(left, 'hex'), Buffer.from(right, 'hex')]
  return a.length === b.length && timingSafeEqual(a, b)
}

/** Netstrings: each field behind its length in bytes, so that no two rows have one spelling. */
function canonical(count: number, { at, actor, action, object, detail }: AuditEvent): string {
  const fields = [String(count), String(at), actor, action, object, detailText(detail)]
  return fields.map((field) => `${Buffer.byteLength(field)}:${field},`).join('')
}

/** The detail as the store keeps it: JSON with its keys in order. */
export function detailText(detail: AuditEvent['detail']): string {
  return JSON.stringify(detail, Object.keys(detail).sort())
}
