import { IdentityError } from '../../errors.ts'
import { parseIp } from '../../x509/ip-address.ts'

const MAX_ADDRESS_CHARS = 2_048

/**
 * Reads where events are to be pushed.
 * @param allowPrivate whether this machine's and private networks may be meant
 * @returns the address as `URL` writes it
 * @throws IdentityError push-address-refused
 */
export function readPushAddress(text: string, allowPrivate: boolean): string {
  if (text.length > MAX_ADDRESS_CHARS || !URL.canParse(text)) throw refused('This is no address.')
  const url = new URL(text)
  if (url.protocol !== 'https:') throw refused('Events are pushed over https alone.')
  if (url.username !== '' || url.password !== '')
    throw refused('Credentials do not belong into an address: give them by --authorization-file.')
  if (url.hash !== '') throw refused('A fragment is never sent: leave it out.')
  if (!allowPrivate && isPrivateHost(url.hostname))
    throw refused('It is in a private network or on this machine; --allow-private permits that.')
  return url.href
}

/** By its name alone: what another name leads to is seen where it is called. */
function isPrivateHost(hostname: string): boolean {
  const literal = literalOf(hostname)
  if (literal !== undefined) return !isPublicAddress(literal)
  return /(?:^|\.)localhost\.?$/i.test(hostname)
}

/** The IP address that a URL's host is, without brackets; undefined: it is a name. `URL` has read all spellings of IPv4. */
export function literalOf(hostname: string): string | undefined {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1')
  return parseIp(bare) || bare !== hostname ? bare : undefined
}

/**
 * Whether an address is one of the public internet: what else there is may be this machine, its neighbors or the
 * provider's own services, which believe whoever can reach them.
 * @param address as a resolver gives it; what cannot be read is not public
 */
export function isPublicAddress(address: string): boolean {
  const octets = parseIp(address)
  if (!octets) return false
  if (octets.length === 4) return !NOT_PUBLIC_IPV4.some((network) => isWithin(octets, network))
  return isWithin(octets, PUBLIC_IPV6) && !NOT_PUBLIC_IPV6.some((network) => isWithin(octets, network))
}

type Network = readonly [start: string, bits: number]

/** https://www.iana.org/assignments/iana-ipv4-special-registry/ and multicast */
const NOT_PUBLIC_IPV4: readonly Network[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
]

/** All that is assigned for the internet: so mapped and translated IPv4, local, private and multicast addresses are none. */
const PUBLIC_IPV6: Network = ['2000::', 3]

/** https://www.iana.org/assignments/iana-ipv6-special-registry/: what of it is not, or holds an IPv4 address */
const NOT_PUBLIC_IPV6: readonly Network[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['2620:4f:8000::', 48],
  ['3fff::', 20],
]

function isWithin(octets: Uint8Array, [start, bits]: Network): boolean {
  const network = parseIp(start)!
  return octets.every((octet, index) => {
    const mask = (0xff00 >> Math.min(Math.max(bits - 8 * index, 0), 8)) & 0xff
    return (octet & mask) === (network[index]! & mask)
  })
}

function refused(why: string): IdentityError {
  return new IdentityError('push-address-refused', `${why} Name an address like https://shop.example/events.`)
}
