import t from 'tap'
import { signInRow } from '../../../store/samples.ts'
import { setOwner } from './owner.ts'

t.test('who knows its reader, and is told to forget', async (t) => {
  const owner = await setOwner(t)
  const { house, site, device } = owner.scene
  t.match((await owner.get('/account/sites')).text, 'No site knows you yet.')
  const { subscriberId } = (await house.store.certificate(device.fingerprint))!
  await house.store.run('signIn', signInRow(site.id, subscriberId!, { at: house.clock.now() }))
  const page = (await owner.get('/account/sites')).text
  t.match(page, /<h2[^>]*>shop<\/h2>/)
  t.match(page, 'November 2026')
  t.match(page, `action="/account/sites/${site.id}/forget"`)
  t.equal((await owner.post(`/account/sites/${site.id}/forget`)).headers.location, '/account/sites')
  t.match((await owner.get('/account/sites')).text, 'No site knows you yet.')
  const again = await owner.post(`/account/sites/${site.id}/forget`)
  t.equal(again.status, 404)
  t.match(again.text, 'href="/account/sites"')
})
