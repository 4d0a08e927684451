import t, { type Test } from 'tap'
import { type AnotherDevice, createAnotherDevice } from '../../../src/domain/account/another-device.ts'
import { createOwnData } from '../../../src/domain/account/own-data.ts'
import { PAIRING_ROUTES } from '../../../src/http/portal/pairing.ts'
import { enterAccount } from '../../domain/account.ts'
import { enrollDevice } from '../../domain/house.ts'
import { BROWSER, codeOf, OWN_FORM, type Reply } from '../visitor.ts'
import { type Scene, setScene } from './scene.ts'

interface Offering {
  readonly scene: Scene
  readonly pairing: AnotherDevice
  readonly code: string
  readonly session: Awaited<ReturnType<typeof enterAccount>>
  readonly send: (code: string, headers?: Readonly<Record<string, string>>) => Promise<Reply>
}

/** A device that shows a code. */
async function setOffering(t: Test, wishes = {}): Promise<Offering> {
  const scene = await setScene(t, wishes)
  const session = await enterAccount(scene.house, await enrollDevice(scene.house))
  const pairing = createAnotherDevice(scene.house)
  await pairing.offer(session)
  const { code } = (await pairing.look(session))!
  const send: Offering['send'] = (typed, headers = OWN_FORM) =>
    scene.visit({ path: '/pair', method: 'POST', headers, body: new URLSearchParams({ code: typed }).toString() })
  return { scene, pairing, code, session, send }
}

t.test('the other device: a code, a number, and on to the enrollment', async (t) => {
  const { scene, pairing, code, session, send } = await setOffering(t)
  await createOwnData(scene.house).rename(session, 'Zoë <at> home')
  const page = await scene.visit({ path: `/pair?code=${code}`, headers: BROWSER })
  t.equal(page.status, 200)
  t.match(page.text, `value="${code}"`)
  t.match(page.headers['content-security-policy'], "form-action 'self'")
  t.notMatch(page.text, '<script')

  const claimed = await send(code)
  t.equal(claimed.status, 303)
  const [, token] = /^\/pair\/([\w-]{43})$/.exec(claimed.headers.location ?? '') ?? []
  const waiting = await scene.visit({ path: `/pair/${token}`, headers: BROWSER })
  const { number } = await pairing.wait(token!)
  t.match(waiting.text, `>${number}</output>`)
  t.match(waiting.text, '<bdi>Zoë &lt;at&gt; home</bdi>')
  t.equal(waiting.headers.refresh, '3')
  t.notMatch(waiting.text, '/enroll/', 'nothing to enroll by yet')

  await pairing.choose(session, number)
  const on = await scene.visit({ path: `/pair/${token}`, headers: BROWSER })
  t.equal(on.status, 303)
  t.equal(on.headers.location, `/enroll/${token}`)
  t.notOk(scene.lines.join('').includes(token!), 'and no secret is in the log')
  t.notOk(scene.lines.join('').includes(code))
})

t.test('refused on the first device: said so', async (t) => {
  const { scene, pairing, code, session, send } = await setOffering(t)
  const path = (await send(code)).headers.location!
  await pairing.choose(session, 0)
  const refused = await scene.visit({ path, headers: BROWSER })
  t.equal(refused.status, 200)
  t.notOk(refused.headers.refresh)
  t.match(refused.text, '<h1>Not added</h1>')
})

t.test('a wrong code: the form again for people, a problem for programs; then a wait', async (t) => {
  const { scene, send } = await setOffering(t, { guessesPerAddress: 2 })
  const again = await send('AAAA-"<b>')
  t.equal(again.status, 410)
  t.match(again.text, 'value="AAAA-&quot;&lt;b&gt;"')
  t.match(again.text, 'role="alert"')
  const { accept: _accept, ...program } = OWN_FORM
  t.equal(codeOf(await send('x'.repeat(50_000), program)), 'pairing-unusable')
  const wait = await send('AAAA')
  t.equal(wait.status, 429)
  const rest = 60_000 - (scene.house.clock.time % 60_000)
  t.equal(wait.headers['retry-after'], `${Math.ceil(rest / 1_000)}`)
})

t.test('what is not our form is not taken', async (t) => {
  const { scene, code } = await setOffering(t)
  const { accept: _accept, ...program } = OWN_FORM
  const send = (body: string, headers: Readonly<Record<string, string>> = program) =>
    scene.visit({ path: '/pair', method: 'POST', headers, body })
  t.equal(codeOf(await send('')), 'body-malformed')
  t.equal(codeOf(await send('code=1&code=2')), 'body-malformed')
  t.equal((await send(JSON.stringify({ code }), { ...program, 'content-type': 'application/json' })).status, 415)
  t.equal(codeOf(await send(`code=${code}`, { ...program, 'sec-fetch-site': 'cross-site' })), 'cross-site')
  t.equal((await scene.visit({ path: '/pair?code=1&code=2', headers: BROWSER })).status, 200)
  t.equal((await scene.visit({ path: `/pair/${'A'.repeat(43)}`, headers: BROWSER })).status, 410)
})

t.test('its addresses', async (t) => {
  t.same(
    PAIRING_ROUTES.map(({ method, address }) => `${method} ${address}`),
    ['GET /pair', 'POST /pair', 'GET /pair/:token'],
  )
})
