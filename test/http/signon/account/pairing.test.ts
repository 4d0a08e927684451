import t from 'tap'
import { createAccount } from '../../../../src/domain/account/account.ts'
import { setOwner } from './owner.ts'

t.test('the first device’s side: a code, a number out of three, and what came of it', async (t) => {
  const owner = await setOwner(t)
  const { pairing } = createAccount(owner.scene.house)
  const begin = await owner.get('/account/pair')
  t.match(begin.text, 'Give your account a name first')
  t.notOk(begin.headers.refresh)
  t.equal((await owner.post('/account/pair')).headers.location, '/account/pair')
  const shown = await owner.get('/account/pair')
  const code = /<code class="secret">([\w-]+)<\/code>/.exec(shown.text)![1]!
  t.equal(shown.headers.refresh, '3', 'it looks again without a script')
  t.match(shown.text, 'https://id.test:8444/pair')
  t.match(shown.text, /<path d="M/)

  const token = await pairing.claim(code, undefined)
  const { number } = await pairing.wait(token)
  const choosing = await owner.get('/account/pair')
  t.notOk(choosing.headers.refresh)
  t.notMatch(choosing.text, code)
  const numbers = Array.from(choosing.text.matchAll(/name="number" value="(\d+)"/g), ([, value]) => Number(value))
  t.equal(numbers.length, 4, 'three, and none of these')
  t.ok(numbers.includes(number))
  t.equal((await owner.post('/account/pair/choose', { number: String(number) })).headers.location, '/account/pair')
  t.match((await owner.get('/account/pair')).text, '<h1>Confirmed</h1>')
  t.match(await pairing.wait(token), { state: 'confirmed' })
})

t.test('none of these, or nonsense: nothing is added', async (t) => {
  const owner = await setOwner(t)
  const { pairing } = createAccount(owner.scene.house)
  for (const number of ['0', 'x', '1e9']) {
    await owner.post('/account/pair')
    const code = /<code class="secret">([\w-]+)<\/code>/.exec((await owner.get('/account/pair')).text)![1]!
    const token = await pairing.claim(code, undefined)
    await owner.post('/account/pair/choose', { number })
    t.match((await owner.get('/account/pair')).text, '<h1>Not added</h1>')
    t.match(await pairing.wait(token), { state: 'refused' })
  }
  t.match((await owner.post('/account/pair/choose', { number: '10' })).text, '<code>pairing-unusable</code>')
})

t.test('stopped', async (t) => {
  const owner = await setOwner(t)
  await owner.post('/account/pair')
  t.equal((await owner.post('/account/pair/end')).headers.location, '/account')
  t.match((await owner.get('/account/pair')).text, 'You get a code')
})

t.test('where only a passkey lets one add a device, an app does not', async (t) => {
  const owner = await setOwner(t, { deviceWith: ['passkey'] })
  t.equal((await owner.get('/account/pair')).headers.location, '/account/open?then=pair')
  t.equal((await owner.post('/account/pair')).headers.location, '/account/open?then=pair')
})
