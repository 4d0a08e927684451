import t from 'tap'
import { createSiteStatements } from '../../../../src/domain/trust/site-statements.ts'
import { callerOf } from '../../../domain/town.ts'
import { signInRow } from '../../../store/samples.ts'
import { setOwner } from './owner.ts'

t.test('what a site says is read, answered and hidden', async (t) => {
  const owner = await setOwner(t)
  const { house, site, device } = owner.scene
  const page = async () => (await owner.get('/account/trust')).text
  t.match(await page(), 'No site has said anything about you.')

  const { subscriberId } = (await house.store.certificate(device.fingerprint))!
  const row = signInRow(site.id, subscriberId!, { at: house.clock.now() })
  await house.store.run('signIn', row)
  const statements = createSiteStatements(house)
  await statements.vouch(callerOf(site), row.subject, 'known-person', undefined)
  const { id } = await statements.report(callerOf(site), row.subject, 'abuse', '<b>Spam</b> & more')
  const both = await page()
  t.match(both, 'Somebody there knows you in person')
  t.match(both, '&lt;b&gt;Spam&lt;/b&gt; &amp; more')
  t.match(both, 'This counts against you.')
  t.match(both, 'aria-current="page">What sites say')

  const appeal = (address: string, words?: string) =>
    owner.post(`/account/trust/${address}/appeal`, words === undefined ? {} : { appeal: words })
  t.match(await appeal(id), { status: 400 })
  t.match(await appeal(id, 'x'.repeat(501)), { status: 400, text: /href="\/account\/trust"/ })
  t.match(await appeal('00'.repeat(16), 'No.'), { status: 404 })
  t.match(await appeal(id, 'That was <not> me.'), { status: 303, headers: { location: '/account/trust' } })
  t.match(await page(), 'That was &lt;not&gt; me.')
  t.notMatch(await page(), `/account/trust/${id}/appeal`, 'it can be answered once')
  t.match(await appeal(id, 'Again.'), { status: 409 })

  t.match(await owner.post('/account/trust/hide'), { status: 303, headers: { location: '/account/trust' } })
  t.equal(await house.store.isTrustHidden(subscriberId!), true)
  t.match(await page(), 'Nobody is told anything of it.')
  await owner.post('/account/trust/show')
  t.equal(await house.store.isTrustHidden(subscriberId!), false)
  t.match(await page(), 'may ask for a summary')
})

t.test('without the session’s own token nothing of it changes', async (t) => {
  const owner = await setOwner(t)
  for (const address of ['hide', 'show', `${'00'.repeat(16)}/appeal`])
    t.match(await owner.post(`/account/trust/${address}`, { token: 'another', appeal: 'No.' }), { status: 403 })
})
