import t from 'tap'
import { recoveryCodeCheck } from '../../src/checks/recovery-code.ts'
import { deriveKeyring } from '../../src/domain/keyring.ts'
import type { Credential } from '../../src/domain/proving/check.ts'
import { drawRecoveryCodes } from '../../src/web/recovery-codes.ts'

const check = recoveryCodeCheck(deriveKeyring(Buffer.alloc(32, 1)))

const MOMENT = { now: 0, context: '' }

async function make(): Promise<{ credentials: Credential[]; codes: readonly string[]; digests: readonly string[] }> {
  const { codes, digests } = await drawRecoveryCodes()
  const rest = { subscriberId: 'aa', usedAt: null, label: null, createdAt: 0, lastUsedAt: null }
  return { credentials: check.make(digests).map((made) => ({ ...made, ...rest })), codes, digests }
}

t.test('a set is ten digests, each once, in one spelling', async (t) => {
  const { digests } = await make()
  const [first = '', ...others] = digests
  const wrong: readonly (readonly string[])[] = [
    [],
    others,
    [...digests, 'ab'.repeat(32)],
    [others[0]!, ...others],
    ['', ...others],
    [first.toUpperCase().replace(/\d/g, 'A'), ...others],
    [first.slice(2), ...others],
    [`${first}\n`, ...others],
    [`${first}00`, ...others],
    ['0123-4567-89AB-CDEF', ...others],
  ]
  for (const set of wrong) t.throws(() => check.make(set), { code: 'check-refused' }, String(set[0]))
  t.equal(check.make(digests).length, 10)
})

t.test('each code proves for its own credential', async (t) => {
  const { credentials, codes } = await make()
  for (const [i, code] of codes.entries()) {
    t.strictSame(await check.match(credentials, code, MOMENT), {
      check: 'recovery-code',
      credentialId: credentials[i]!.id,
      step: null,
    })
  }
})

t.test('however it is typed', async (t) => {
  const { credentials, codes } = await make()
  const code = codes[3]!
  const spellings = [
    code.toLowerCase(),
    code.replaceAll('-', ''),
    ` ${code.replaceAll('-', ' ')} `,
    code.replaceAll('-', ' – '),
    code.replaceAll('0', 'O').replaceAll('1', 'l'),
    code.replaceAll('1', 'i').replaceAll('0', 'o'),
  ]
  for (const typed of spellings)
    t.equal((await check.match(credentials, typed, MOMENT))?.credentialId, credentials[3]!.id, typed)
})

t.test('a used code is wrong', async (t) => {
  const { credentials, codes } = await make()
  const used = credentials.map((credential, i) => (i === 0 ? { ...credential, usedAt: 1 } : credential))
  t.equal(await check.match(used, codes[0]!, MOMENT), undefined)
  t.ok(await check.match(used, codes[1]!, MOMENT))
})

t.test('anything else is wrong: a digest above all, which the service has seen', async (t) => {
  const { credentials, codes, digests } = await make()
  const code = codes[0]!
  const last = code.endsWith('A') ? 'B' : 'A'
  for (const text of [
    '',
    '-',
    digests[0]!,
    code.slice(1),
    `${code}A`,
    code.slice(0, -1) + last,
    code.replace(/^./, 'U'),
    `${code}${' '.repeat(80)}`,
  ]) {
    t.equal(await check.match(credentials, text, MOMENT), undefined, text)
  }
})

t.test('only an HMAC is kept, and it is bound to its row and to the key', async (t) => {
  const { credentials, codes, digests } = await make()
  const plain = codes[0]!.replaceAll('-', '')
  for (const known of [plain, digests[0]!, Buffer.from(digests[0]!, 'hex')])
    t.notOk(Buffer.from(credentials[0]!.secret).includes(known))
  t.equal(credentials[0]!.secret.length, 32)
  t.notSame(check.make(digests)[0]!.secret, credentials[0]!.secret, 'the same digest in another row is another')
  t.equal(await check.match([{ ...credentials[1]!, secret: credentials[0]!.secret }], codes[0]!, MOMENT), undefined)
  t.equal(
    await check.match([{ ...credentials[0]!, secret: credentials[0]!.secret.subarray(1) }], codes[0]!, MOMENT),
    undefined,
  )
  const strange = recoveryCodeCheck(deriveKeyring(Buffer.alloc(32, 2)))
  t.equal(await strange.match(credentials, codes[0]!, MOMENT), undefined)
})
