import { HOTP, Secret, URI } from 'otpauth'
import t from 'tap'
import { totpCheck } from '../../src/checks/totp.ts'
import { deriveKeyring } from '../../src/domain/keyring.ts'
import type { Credential } from '../../src/domain/proving/check.ts'

const STEP = 30_000
/** the beginning of a step */
const NOW = 1_795_000_020_000
const CURRENT = NOW / STEP

const check = totpCheck(deriveKeyring(Buffer.alloc(32, 1)))

const match = (credentials: readonly Credential[], answer: string, now: number) =>
  check.match(credentials, answer, { now, context: '' })

interface Made {
  readonly credential: Credential
  readonly code: (step: number) => string
}

function make(lastStep: number | null = null): Made {
  const { credential, keepsake } = check.generate('Laptop')
  const secret = Secret.fromBase32(keepsake.secret)
  return {
    credential: {
      ...credential,
      subscriberId: 'aa',
      usedAt: null,
      label: null,
      createdAt: 0,
      lastUsedAt: null,
      lastStep,
    },
    code: (step) => HOTP.generate({ secret, counter: step }),
  }
}

t.test('the code of each step in the window proves, with its own step', async (t) => {
  const { credential, code } = make()
  for (const offset of [-1, 0, 1]) {
    const proof = await match([credential], code(CURRENT + offset), NOW)
    t.strictSame(proof, { check: 'totp', credentialId: credential.id, step: CURRENT + offset })
  }
})

t.test('the window ends to the millisecond', async (t) => {
  const { credential, code } = make()
  for (const offset of [-2, 2]) t.equal(await match([credential], code(CURRENT + offset), NOW), undefined)
  t.ok(await match([credential], code(CURRENT - 1), NOW + STEP - 1))
  t.equal(await match([credential], code(CURRENT - 1), NOW + STEP), undefined)
  t.ok(await match([credential], code(CURRENT + 1), NOW))
  t.equal(await match([credential], code(CURRENT + 1), NOW - 1), undefined)
})

t.test('a step counts once, and none before it', async (t) => {
  const { credential, code } = make(CURRENT)
  t.equal(await match([credential], code(CURRENT), NOW), undefined)
  t.equal(await match([credential], code(CURRENT - 1), NOW), undefined)
  t.equal((await match([credential], code(CURRENT + 1), NOW))?.step, CURRENT + 1)
})

t.test('a clock that was set back opens no used step', async (t) => {
  const { credential, code } = make(CURRENT)
  const back = NOW - 10 * STEP
  for (let step = CURRENT - 12; step <= CURRENT + 2; step++) {
    t.equal(await match([credential], code(step), back), undefined)
  }
})

t.test('near the epoch there are no steps before the first', async (t) => {
  const { credential, code } = make()
  t.equal((await match([credential], code(0), 0))?.step, 0)
})

t.test('digits may be spaced and spelled as people do', async (t) => {
  const { credential, code } = make()
  const digits = code(CURRENT)
  const wide = digits.replace(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit)))
  for (const typed of [
    ` ${digits.slice(0, 3)} ${digits.slice(3)}\n`,
    `${digits.slice(0, 3)}-${digits.slice(3)}`,
    wide,
  ]) {
    t.ok(await match([credential], typed, NOW), JSON.stringify(typed))
  }
})

t.test('anything else is wrong', async (t) => {
  const { credential, code } = make()
  const digits = code(CURRENT)
  const typed = [
    '',
    '12345',
    `${digits}0`,
    `0${digits}`,
    digits.slice(1),
    'abcdef',
    '١٢٣٤٥٦',
    `${digits}${' '.repeat(40)}`,
  ]
  for (const text of typed) t.equal(await match([credential], text, NOW), undefined, JSON.stringify(text))
  t.equal(await match([], digits, NOW), undefined)
})

t.test('one of several secrets is enough', async (t) => {
  const [first, second] = [make(), make()]
  const proof = await match([first.credential, second.credential], second.code(CURRENT), NOW)
  t.equal(proof?.credentialId, second.credential.id)
})

t.test('what the app is given is what authenticator apps take', async (t) => {
  const { credential, keepsake } = check.generate('Laptop & co: 50 %')
  const read = URI.parse(keepsake.uri)
  t.match(read, { issuer: 'Countersign', algorithm: 'SHA1', digits: 6, period: 30 })
  t.equal(read.secret.base32, keepsake.secret)
  t.equal(read.secret.bytes.length, 20)
  t.equal(credential.check, 'totp')
  t.not(check.generate('x').keepsake.secret, keepsake.secret)
})

t.test('the secret is sealed: to its credential, under its key', async (t) => {
  const { credential, code } = make()
  const bytes = Secret.fromBase32(check.generate('x').keepsake.secret).bytes
  t.ok(credential.secret.length > bytes.length)
  const other = make().credential
  await t.rejects(match([{ ...credential, id: other.id }], code(CURRENT), NOW), { code: 'internal' })
  const strange = totpCheck(deriveKeyring(Buffer.alloc(32, 2)))
  await t.rejects(strange.match([credential], code(CURRENT), { now: NOW, context: '' }), { code: 'internal' })
})
