import { dictionary } from '@zxcvbn-ts/language-common'
import t from 'tap'
import { isCommonPassword } from '../../src/checks/common-password.ts'

t.test('what everybody tries first', async (t) => {
  for (const password of [
    'password',
    'Password1',
    'P@ssw0rd!',
    'passw0rd2026',
    '12345678',
    '0987654321',
    '19841224',
    '11111111',
    'abcabcabc',
    'xyxyxyxy',
    'qwertyuiop',
    'QWERTZUIOP',
    'azertyuiop',
    'asdfghjkl;',
    '1qaz2wsx3edc',
    '1q2w3e4r5t',
    'abcdefgh',
    'hgfedcba',
    'iloveyou!!',
    'Sommer2026!',
    'monkeymonkey',
    'Countersign1',
    'letmein123',
    '123456789a',
    'qwer1234',
    'trustno1',
    'charlie123',
    'Liverpool2026',
    'willkommen1',
    'ncc1701d',
    '!!Rush2112!!',
  ])
    t.ok(await isCommonPassword(password), password)
})

t.test('what is not', async (t) => {
  for (const password of [
    'correct horse battery',
    'my password is long',
    'kQ7!mZ2p',
    'Schneewittchen und 7',
    'tree-window-lamp',
    'ufo-landing-1912',
    '31415926535897932384',
    'passwordless login',
    'dragonfly-2026-lamp',
  ])
    t.notOk(await isCommonPassword(password), password)
})

t.test('every one of the 10,000 that leaked most often', async (t) => {
  const most = dictionary['passwords-common'].filter(({ length }) => length >= 8).slice(0, 10_000)
  t.ok(most.length > 5_000)
  const taken: string[] = []
  for (const password of most) if (!(await isCommonPassword(password))) taken.push(password)
  t.same(taken, [])
})
