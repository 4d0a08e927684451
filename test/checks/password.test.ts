import t from 'tap'
import { passwordCheck } from '../../src/checks/password.ts'
import { deriveKeyring } from '../../src/domain/keyring.ts'
import type { Credential } from '../../src/domain/proving/check.ts'

const check = passwordCheck(deriveKeyring(Buffer.alloc(32, 1)))
const MOMENT = { now: 0, context: '' }

async function make(password: string, by = check): Promise<Credential> {
  const made = await by.make(password)
  return { ...made, subscriberId: 'aa', usedAt: null, label: null, createdAt: 0, lastUsedAt: null }
}

t.test('a password proves as often as it is right', async (t) => {
  const credential = await make('correct horse battery')
  for (let i = 0; i < 2; i++) {
    const proof = await check.match([credential], 'correct horse battery', MOMENT)
    t.strictSame(proof, { check: 'password', credentialId: credential.id, step: null })
  }
  for (const wrong of [
    'correct horse batterz',
    'Correct horse battery',
    'correct horse battery ',
    '',
    'x'.repeat(5_000),
  ])
    t.equal(await check.match([credential], wrong, MOMENT), undefined, wrong.slice(0, 30))
  t.equal(await check.match([], 'correct horse battery', MOMENT), undefined)
})

t.test('what looks alike is alike', async (t) => {
  const credential = await make('zoe\u0308 im Caf\u00e9 7')
  t.ok(await check.match([credential], 'zo\u00eb im Cafe\u0301 7', MOMENT))
})

t.test('8 to 256 characters, however many units they have', async (t) => {
  for (const password of ['kü7 wöß', `${'x1y'.repeat(85)}z9`, '😀'.repeat(7)])
    await t.rejects(check.make(password), { code: 'password-refused' }, `${password.length}`)
  for (const password of ['kü7 wößq', `${'x1y'.repeat(85)}z`, '😀🙃🐴🔋📎🪁🧭🎻'])
    t.ok(await make(password), `${password.length}`)
})

t.test('common ones are refused', async (t) => {
  await t.rejects(check.make('Passw0rd!'), { code: 'password-refused' })
})

t.test('only a hash is kept, argon2id, bound to its row and to a key that is not in the store', async (t) => {
  const credential = await make('correct horse battery')
  t.match(Buffer.from(credential.secret).toString(), /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  const other = await make('another horse battery')
  const borrowed = { ...other, secret: credential.secret }
  t.equal(await check.match([borrowed], 'correct horse battery', MOMENT), undefined)
  const strange = passwordCheck(deriveKeyring(Buffer.alloc(32, 2)))
  t.equal(await strange.match([credential], 'correct horse battery', MOMENT), undefined)
  t.equal(await check.match([{ ...credential, secret: Buffer.from('x') }], 'correct horse battery', MOMENT), undefined)
  t.notSame((await make('correct horse battery')).secret, credential.secret, 'salted')
})

t.test('no event loop waits for a hash', async (t) => {
  let turns = 0
  let going = true
  const turn = (): void => {
    turns += 1
    if (going) setImmediate(turn)
  }
  turn()
  await make('correct horse battery')
  going = false
  t.ok(turns > 3, `${turns} turns while it was made`)
})
