import t from 'tap'
import { recoveryCodeCheck } from '../../src/checks/recovery-code.ts'
import type { Credential } from '../../src/domain/check.ts'
import { deriveKeyring } from '../../src/domain/keyring.ts'

const check = recoveryCodeCheck(deriveKeyring(Buffer.alloc(32, 1)))

const MOMENT = { now: 0, context: '' }

function make(): { credentials: Credential[]; codes: readonly string[] } {
  const { credentials, keepsake } = check.generate()
  const stored = credentials.map((made) => ({
    ...made,
    subscriberId: 'aa',
    usedAt: null,
    label: null,
    createdAt: 0,
    lastUsedAt: null,
  }))
  return { credentials: stored, codes: keepsake }
}

t.test('ten codes in groups of unambiguous letters, 80 bits each, no two alike', async (t) => {
  const { credentials, codes } = make()
  t.equal(credentials.length, 10)
  t.equal(new Set(codes).size, 10)
  for (const code of codes) t.match(code, /^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$/)
  const letters = new Set(Array.from({ length: 20 }, () => make().codes.join('')).join(''))
  t.equal(letters.size, 33, 'all 32 letters occur, and the hyphen')
})

t.test('each code proves for its own credential', async (t) => {
  const { credentials, codes } = make()
  for (const [i, code] of codes.entries()) {
    t.strictSame(await check.match(credentials, code, MOMENT), {
      check: 'recovery-code',
      credentialId: credentials[i]!.id,
      step: null,
    })
  }
})

t.test('however it is typed', async (t) => {
  const { credentials, codes } = make()
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
  const { credentials, codes } = make()
  const used = credentials.map((credential, i) => (i === 0 ? { ...credential, usedAt: 1 } : credential))
  t.equal(await check.match(used, codes[0]!, MOMENT), undefined)
  t.ok(await check.match(used, codes[1]!, MOMENT))
})

t.test('anything else is wrong', async (t) => {
  const { credentials, codes } = make()
  const code = codes[0]!
  const last = code.endsWith('A') ? 'B' : 'A'
  for (const text of [
    '',
    '-',
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
  const { credentials, codes } = make()
  const plain = codes[0]!.replaceAll('-', '')
  t.notOk(Buffer.from(credentials[0]!.secret).includes(plain))
  t.equal(credentials[0]!.secret.length, 32)
  t.equal(await check.match([{ ...credentials[1]!, secret: credentials[0]!.secret }], codes[0]!, MOMENT), undefined)
  t.equal(
    await check.match([{ ...credentials[0]!, secret: credentials[0]!.secret.subarray(1) }], codes[0]!, MOMENT),
    undefined,
  )
  const strange = recoveryCodeCheck(deriveKeyring(Buffer.alloc(32, 2)))
  t.equal(await strange.match(credentials, codes[0]!, MOMENT), undefined)
})
