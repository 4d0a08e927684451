import { decodeJwt } from 'jose'
import t from 'tap'
import { enroll, validate } from './device.ts'
import { openInside } from './inside.ts'
import { startService } from './service.ts'
import { AskingService } from './site-service.ts'

// Two request processes, and each question over a connection of its own: what one has just stored, the other tells.
t.test('what a site calls somebody, from the next question on, in whichever process it is asked', async (t) => {
  const service = await startService(t, { settings: { COUNTERSIGN_WORKERS: '2' } })
  const inside = await openInside(t, service)
  const site = new AskingService(service, service.identity('site'), { keepAlive: false })
  const device = await enroll(service, inside)
  await validate(service, site, device)
  const ask = async () => (await site.byFingerprint(device.fingerprint)).json
  const { subject } = await ask()
  const at = `/v1/subjects/${String(subject)}/account`
  t.notOk('account' in (await ask()))

  await t.test('never yesterday’s', async (t) => {
    for (let round = 0; round < 12; round++) {
      const account = `zoë ${round}`
      t.equal((await site.send(at, { method: 'PUT', body: { account } })).status, 204)
      const answers = await Promise.all(Array.from({ length: 6 }, ask))
      t.same(
        answers.map((answer) => answer.account),
        answers.map(() => account),
      )
    }
    t.equal((await site.send(at, { method: 'DELETE' })).status, 204)
    for (const answer of await Promise.all(Array.from({ length: 6 }, ask))) t.notOk('account' in answer)
  })

  await t.test('in each form of a valid verdict, and in no other verdict', async (t) => {
    const account = '名前 "x"\\'
    t.match(await site.send(at, { method: 'PUT', body: { account } }), { status: 204 })
    const [bare, batch, signed] = [
      await site.send('/v1/verdicts', { headers: { 'content-type': 'application/pkix-cert' }, body: device.der }),
      await site.askAll([{ fingerprint: device.fingerprint }]),
      await site.send(`/v1/verdicts/${device.fingerprint}`, { headers: { accept: 'application/jwt' } }),
    ]
    t.match(bare.json, { account })
    t.match(batch.json, { answers: [{ account }] })
    t.match(decodeJwt(signed.body.toString()), { account, sub: subject })
    await service.administer(`/${device.fingerprint}/hold`)
    t.notOk('account' in (await ask()))
    await service.administer(`/${device.fingerprint}/release`)
    t.match(await ask(), { account })
  })

  await t.test('who has the site forget him comes back as nobody whom it has named', async (t) => {
    const { subscriberId } = (await inside.store.certificate(device.fingerprint))!
    const sample = await inside.store.site({ name: 'sample' })
    const act = { at: Date.now(), actor: 'operator:cli' } as const
    await inside.store.run('forgetSubject', act, subscriberId!, sample!.id)
    const answer = await ask()
    t.not(answer.subject, subject)
    t.notOk('account' in answer)
    const late = await site.send(at, { method: 'PUT', body: { account: 'whom I knew' } })
    t.match(late, { status: 404, json: { code: 'subject-unknown' } })
    t.notOk('account' in (await ask()))
  })
})
