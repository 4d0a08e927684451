import fc from 'fast-check'
import t from 'tap'
import {
  chooseReturnAddress,
  MAX_RETURN_ADDRESS_CHARS,
  registerReturnAddress,
} from '../../../src/domain/site/return-address.ts'
import { IdentityError } from '../../../src/errors.ts'
import { FAIR_RETURN_ADDRESSES, HOSTILE_RETURN_ADDRESSES, REGISTERED } from '../../malformed/return-addresses.ts'

t.test('more than 200 hostile return addresses, each refused', async (t) => {
  t.ok(new Set(HOSTILE_RETURN_ADDRESSES).size > 400)
  t.equal(new Set(HOSTILE_RETURN_ADDRESSES).size, HOSTILE_RETURN_ADDRESSES.length, 'all are different')
  for (const address of HOSTILE_RETURN_ADDRESSES) {
    t.throws(
      () => chooseReturnAddress(REGISTERED, address),
      { code: 'return-to-refused' },
      encodeURIComponent(address.slice(0, 80).toWellFormed()),
    )
  }
})

t.test('a registered address and what lies below it are accepted, as they were written', async (t) => {
  for (const address of FAIR_RETURN_ADDRESSES) {
    const { origin, href } = new URL(address)
    t.equal(chooseReturnAddress(REGISTERED, address), href, address)
    t.ok(address.startsWith(origin))
  }
})

t.test('without a wish the first registered address is chosen; without any there is none', async (t) => {
  t.equal(chooseReturnAddress(REGISTERED, undefined), REGISTERED[0])
  t.throws(() => chooseReturnAddress([], undefined), { code: 'return-to-refused' })
  t.throws(() => chooseReturnAddress([], REGISTERED[0]), { code: 'return-to-refused' })
})

t.test('the longest address is taken, one character more is not', async (t) => {
  const base = `${REGISTERED[0]}/`
  const longest = base.padEnd(MAX_RETURN_ADDRESS_CHARS, 'a')
  t.equal(chooseReturnAddress(REGISTERED, longest), longest)
  t.throws(() => chooseReturnAddress(REGISTERED, `${longest}a`), { code: 'return-to-refused' })
})

t.test('whatever is done to a fair address, it stays below a registered one or is refused', async (t) => {
  const pieces = fc.constantFrom(
    ...'/\\.:@?#%;&=[]{} \t\n\u0000aX0é．。／',
    '..',
    '/../',
    '%2e',
    '%2f',
    '%5c',
    '%00',
    'evil.example',
    '@evil.example',
    '://',
    '//',
    ':443',
  )
  const edit = fc.record({
    at: fc.nat(60),
    cut: fc.nat(3),
    piece: fc.oneof(pieces, fc.string({ unit: 'binary', maxLength: 3 })),
  })
  let [taken, refused] = [0, 0]
  fc.assert(
    fc.property(
      fc.constantFrom(...FAIR_RETURN_ADDRESSES),
      fc.array(edit, { minLength: 1, maxLength: 3 }),
      (fair, edits) => {
        const address = edits.reduce(
          (text, { at, cut, piece }) => text.slice(0, at) + piece + text.slice(at + cut),
          fair,
        )
        const chosen = attempt(address)
        if (chosen === undefined) return ++refused > 0
        taken++
        return isBelowRegistered(chosen) && sameBeforeQuery(chosen, address)
      },
    ),
    { numRuns: 5_000 },
  )
  t.ok(taken > 100 && refused > 100, `${taken} taken, ${refused} refused`)
})

t.test('what can be registered: https without credentials, query and fragment', async (t) => {
  for (const [address, registered] of [
    ['https://shop.example', 'https://shop.example/'],
    ['https://shop.example/', 'https://shop.example/'],
    ['https://shop.example/app', 'https://shop.example/app'],
    ['https://shop.example:8443/return/', 'https://shop.example:8443/return/'],
    ['https://localhost:3000/', 'https://localhost:3000/'],
    ['https://[2001:db8::1]/app', 'https://[2001:db8::1]/app'],
  ] as const) {
    t.equal(registerReturnAddress(address), registered)
  }
  for (const address of [
    'https://shop.example/?',
    'https://shop.example/app?x=1',
    'https://shop.example/app#',
    'https://shop.example/app#x',
    'http://shop.example/app',
    'https://a@shop.example/app',
    'https://SHOP.example/app',
    'https://shop.example:443/app',
    'https://shop.example/app/../x',
    'https://shop.example/app/%2e%2e/x',
    'https://bücher.example/',
    'javascript:alert(1)',
    '',
  ]) {
    t.throws(() => registerReturnAddress(address), { code: 'site-invalid' }, address)
  }
})

function attempt(address: string): string | undefined {
  try {
    return chooseReturnAddress(REGISTERED, address)
  } catch (error) {
    if (error instanceof IdentityError && error.code === 'return-to-refused') return undefined
    throw error
  }
}

function isBelowRegistered(chosen: string): boolean {
  const { origin, pathname, username, password } = new URL(chosen)
  const decoded = decodeURIComponent(pathname)
  return (
    username === '' &&
    password === '' &&
    !/\/\.{1,2}(\/|$)|\/\/|\\|[^\x20-\x7e\u00a1-\uffff]/.test(decoded) &&
    REGISTERED.some((address) => {
      const registered = new URL(address)
      const below = registered.pathname.replace(/\/?$/, '/')
      return origin === registered.origin && (pathname === registered.pathname || pathname.startsWith(below))
    })
  )
}

/** Nothing before the query was rewritten, but for the slash of a bare origin. */
function sameBeforeQuery(chosen: string, address: string): boolean {
  const [sent, written] = [chosen, address].map((text) => text.split(/[?#]/, 1)[0]!)
  return sent === written || sent === `${written}/`
}
