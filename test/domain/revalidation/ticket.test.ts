import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { CHECKS } from '../../../src/domain/proving/check.ts'
import { openTicket, sealTicket, type Ticket } from '../../../src/domain/revalidation/ticket.ts'
import { MINUTE, NOW } from '../verdict-state.ts'

const KEY = randomBytes(32)

const CONTENT: Omit<Ticket, 'id'> = {
  siteId: '0f'.repeat(16),
  service: 'web',
  fingerprint: 'ab'.repeat(32),
  checks: ['passkey', 'recovery-code'],
  returnTo: 'https://shop.example/app?next=%2Fcart&l=ü',
  askedAt: NOW,
  expiresAt: NOW + 10 * MINUTE,
}

const UNUSABLE = { code: 'ticket-unusable' }

t.test('what was sealed comes out, with an id of its own', async (t) => {
  const sealed = sealTicket(KEY, CONTENT)
  const { id, ...content } = openTicket(KEY, sealed, NOW)
  t.same(content, CONTENT)
  t.match(id, /^[0-9a-f]{32}$/)
  t.not(openTicket(KEY, sealTicket(KEY, CONTENT), NOW).id, id)
})

t.test('every content survives the round trip', async (t) => {
  const hex = (bytes: number) =>
    fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((id) => Buffer.from(id).toString('hex'))
  const time = fc.integer({ min: 0, max: 2 ** 48 - 1 })
  const content = fc.record({
    siteId: hex(16),
    service: fc.stringMatching(/^[a-z0-9]{1,63}$/),
    checks: fc.subarray([...CHECKS]),
    fingerprint: hex(32),
    returnTo: fc.string({ unit: 'grapheme', maxLength: 300 }),
    askedAt: time,
    expiresAt: time,
  })
  fc.assert(
    fc.property(content, (content) => {
      const { id: _, ...opened } = openTicket(KEY, sealTicket(KEY, content), content.expiresAt)
      return (
        JSON.stringify(opened) ===
        JSON.stringify({
          siteId: content.siteId,
          fingerprint: content.fingerprint,
          askedAt: content.askedAt,
          expiresAt: content.expiresAt,
          checks: content.checks,
          service: content.service,
          returnTo: content.returnTo,
        })
      )
    }),
  )
  t.pass()
})

t.test('it fits into one segment of a path, and the longest return address too', async (t) => {
  const sealed = sealTicket(KEY, { ...CONTENT, returnTo: `https://shop.example/${'a'.repeat(2_048 - 21)}` })
  t.match(sealed, /^[A-Za-z0-9_-]+$/)
  t.equal(openTicket(KEY, sealed, NOW).returnTo.length, 2_048)
})

t.test('it opens in its last millisecond, and not in the next', async (t) => {
  const sealed = sealTicket(KEY, CONTENT)
  t.same(openTicket(KEY, sealed, CONTENT.expiresAt).expiresAt, CONTENT.expiresAt)
  t.throws(() => openTicket(KEY, sealed, CONTENT.expiresAt + 1), UNUSABLE)
})

t.test('with any one bit changed it does not open', async (t) => {
  const bytes = Buffer.from(sealTicket(KEY, CONTENT), 'base64url')
  let refused = 0
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const altered = Buffer.from(bytes)
    altered[bit >> 3]! ^= 1 << (bit & 7)
    if (isRefused(altered.toString('base64url'))) refused++
    else t.fail(`bit ${bit} of ${bytes.length * 8}`)
  }
  t.equal(refused, bytes.length * 8)
})

t.test('cut short or made longer it does not open', async (t) => {
  const bytes = Buffer.from(sealTicket(KEY, CONTENT), 'base64url')
  for (let length = 0; length < bytes.length; length++) {
    if (!isRefused(bytes.subarray(0, length).toString('base64url'))) t.fail(`${length} of ${bytes.length} bytes`)
  }
  t.ok(isRefused(Buffer.concat([bytes, Buffer.of(0)]).toString('base64url')))
  t.ok(isRefused(Buffer.concat([bytes, bytes]).toString('base64url')))
})

t.test('another key does not open it, nor does the body of one ticket under the id of another', async (t) => {
  t.throws(() => openTicket(randomBytes(32), sealTicket(KEY, CONTENT), NOW), UNUSABLE)
  const [one, other] = [sealTicket(KEY, CONTENT), sealTicket(KEY, CONTENT)].map((sealed) =>
    Buffer.from(sealed, 'base64url'),
  )
  const mixed = Buffer.concat([one!.subarray(0, 17), other!.subarray(17)])
  t.throws(() => openTicket(KEY, mixed.toString('base64url'), NOW), UNUSABLE)
})

t.test('only its one spelling in base64url is taken', async (t) => {
  // One byte more than a multiple of three: the text ends in 2 characters of which 4 bits mean nothing.
  const sealed = sealTicket(KEY, { ...CONTENT, returnTo: 'https://shop.example/ab' })
  t.equal(Buffer.from(sealed, 'base64url').length % 3, 1, 'the test has unused bits')
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const last = alphabet.indexOf(sealed.at(-1)!)
  t.equal(openTicket(KEY, sealed, NOW).siteId, CONTENT.siteId)
  for (let unused = 1; unused < 16; unused++)
    t.ok(isRefused(sealed.slice(0, -1) + alphabet[last ^ unused]), `unused bits ${unused}`)
  for (const spelling of [
    `${sealed}=`,
    `${sealed}==`,
    ` ${sealed}`,
    `${sealed}\n`,
    `${sealed}.`,
    `${sealed.slice(0, 9)} ${sealed.slice(9)}`,
  ]) {
    t.ok(isRefused(spelling), encodeURIComponent(spelling.slice(-4)))
  }
  const standard = Buffer.from(sealed, 'base64url').toString('base64')
  t.ok(isRefused(standard), 'plain base64')
})

t.test('what never was a ticket is refused, however long', async (t) => {
  for (const text of [
    '',
    'A',
    '..',
    'AQ',
    'A'.repeat(200),
    'A'.repeat(4_096),
    'A'.repeat(5_000_000),
    '💥'.repeat(100),
    randomBytes(120).toString('base64url'),
  ]) {
    t.ok(isRefused(text), `${text.length} characters`)
  }
})

function isRefused(sealed: string): boolean {
  try {
    openTicket(KEY, sealed, NOW)
    return false
  } catch (error) {
    if ((error as { code?: string }).code === UNUSABLE.code) return true
    throw error
  }
}
