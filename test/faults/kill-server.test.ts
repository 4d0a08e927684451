import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { eventually } from '../e2e/eventually.ts'
import { openInside } from '../e2e/inside.ts'
import { startService } from '../e2e/service.ts'
import { AskingService } from '../e2e/site-service.ts'
import { Acknowledged, Pressure } from './pressure.ts'

const LIVES = 5
/** A life has issued and revoked so much at least when it is killed, and a random moment later, ms. */
const ISSUED = 10
const LONGEST_MOMENT = 20

t.test(`the whole server, killed ${LIVES} times while it issues and revokes`, async (t) => {
  const service = await startService(t)
  const acknowledged = new Acknowledged()
  const { json } = await new AskingService(service, service.identity('site')).send('/v1/site')
  for (let life = 1; life <= LIVES; life++) {
    const listener = { address: service.address('admin'), operator: service.identity('admin'), anchor: service.anchor }
    const pressure = new Pressure({ ...listener, site: String(json.site) }, acknowledged)
    await eventually(
      () => acknowledged.issued.size,
      (count) => count >= life * ISSUED,
    )
    await pause(Math.random() * LONGEST_MOMENT)
    await service.kill()
    await pressure.stop()
    await service.start()
  }

  const { store } = await openInside(t, service)
  const { issued, revoked, perhapsRevoked } = acknowledged
  for (const [of, der] of issued) {
    const record = await store.certificate(of)
    const right = revoked.has(of) ? record?.status === 'revoked' : record?.status === 'active' || perhapsRevoked.has(of)
    if (!right || !Buffer.from(record?.der ?? []).equals(der)) t.fail('forgotten', { of, record })
  }
  t.ok(issued.size >= LIVES * ISSUED && revoked.size > 0, `${issued.size} issued, ${revoked.size} revoked`)
  const { code, data } = await service.command('audit', 'verify')
  t.match({ code, data }, { code: 0, data: { sound: true } })
  const answer = await new AskingService(service, service.identity('site')).send('/v1/site')
  t.equal(answer.status, 200, 'and it answers')
})
