import { createHmac } from 'node:crypto'
import type { Keyring } from './keyring.ts'

/**
 * Addresses are personal: the store counts them under a name that it cannot read.
 * @param address IPv4 or IPv6, as the socket tells it
 * @returns the same for all addresses of one household: IPv4 whole, IPv6 by its first 64 bits
 */
export function hideAddress(keyring: Pick<Keyring, 'address'>, address: string): string {
  return createHmac('sha256', keyring.address).update(networkOf(address)).digest('hex').slice(0, 32)
}

const GROUPS_OF_A_HOUSEHOLD = 4

/** @returns the same for all addresses of one household */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)
  if (mapped) return mapped[1]!
  if (!address.includes(':')) return address
  const [head = '', tail] = (address.split('%', 1)[0] ?? '').toLowerCase().split('::')
  const groups = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const filled =
    tail === undefined
      ? groups
      : [...groups, ...Array(Math.max(0, 8 - groups.length - after.length)).fill('0'), ...after]
  return filled
    .slice(0, GROUPS_OF_A_HOUSEHOLD)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')
}
