import t from 'tap'
import { enroll, validate } from './device.ts'
import { openScene } from './scene.ts'

t.test('lost everything: the operator invites somebody who is here, and sites know him again', async (t) => {
  const { service, inside, site } = await openScene(t)
  const lost = await enroll(service, inside)
  await validate(service, site, lost)
  const { subject } = (await site.byFingerprint(lost.fingerprint)).json
  await service.command('cert', 'revoke', lost.fingerprint, '--reason', 'key-compromise')

  const { code, data } = await service.command('invite', '--for', lost.fingerprint, '--label', 'New laptop')
  t.equal(code, 0)
  const token = new URL(String(data.url)).pathname.split('/').at(-1)!
  const found = await enroll(service, inside, 'New laptop', token)
  t.match((await site.byFingerprint(found.fingerprint)).json, { verdict: 'needs-revalidation', subject })
  await validate(service, site, found)
  t.match((await site.byFingerprint(found.fingerprint)).json, { verdict: 'valid', subject })
  t.match((await site.byFingerprint(lost.fingerprint)).json, { verdict: 'revoked' }, 'nothing comes back')
  const stranger = await enroll(service, inside)
  await validate(service, site, stranger)
  t.not((await site.byFingerprint(stranger.fingerprint)).json.subject, subject)
})

t.test('whoever had himself erased is invited as somebody new, not as who he was', async (t) => {
  const { service, inside } = await openScene(t)
  const gone = await enroll(service, inside)
  const subscriberId = (await inside.store.certificate(gone.fingerprint))?.subscriberId
  const act = { at: Date.now(), actor: 'operator:cli' } as const
  t.equal(await inside.store.run('eraseSubscriber', act, subscriberId!), 'erased')
  t.equal((await service.command('invite', '--for', gone.fingerprint)).code, 1)
})
