import t, { type Test } from 'tap'
import { createRevocation, type Revocation } from '../../src/domain/certificate/revocation.ts'
import type { Hex } from '../../src/domain/hex.ts'
import { startPostgres } from '../store/postgres/server.ts'
import { openInside } from './inside.ts'
import { makeValid } from './many-certificates.ts'
import { Questioning } from './questioning.ts'
import { secondNode, startService, type TestService } from './service.ts'

const QUERIERS = 50
/** So many certificates are changed at the same time. */
const CHANGERS = 8

t.test('1,000 revocations under questions', async (t) => {
  const service = await startService(t)
  await revokeUnderQuestions(t, [service], 1_000)
})

t.test('with two request processes', async (t) => {
  const service = await startService(t, { settings: { COUNTERSIGN_WORKERS: '2' } })
  await revokeUnderQuestions(t, [service], 150)
})

t.test('with two nodes on one PostgreSQL', async (t) => {
  const database = await startPostgres()
  t.teardown(() => database.stop())
  const service = await startService(t, { settings: { COUNTERSIGN_STORE: database.url } })
  await revokeUnderQuestions(t, [service, await secondNode(t, service)], 150)
})

/**
 * Revokes each of so many certificates, every fourth one after it was held and released. Half of the changes are
 * acknowledged by the server's admin listener, half by another process: this one.
 */
async function revokeUnderQuestions(t: Test, nodes: readonly TestService[], count: number): Promise<void> {
  const [service] = nodes
  if (!service) throw new TypeError('a service is needed')
  const certificates = await makeValid(service, count)
  const { store } = await openInside(t, service)
  const here = byCommand(createRevocation({ store, clock: { now: () => Date.now() } }))
  const ways = [byAdmin(service), here]
  const asking = new Questioning(nodes, service.identity('site'))

  asking.start(QUERIERS)
  const left = certificates.entries()
  const changer = async (): Promise<void> => {
    for (const [index, fingerprint] of left) {
      const { revoke, hold, release } = ways[index % 2]!
      const held = [hold, release].map((act, step) => change(act, fingerprint, step === 0 ? 'revoked' : 'valid'))
      await asking.watch(fingerprint, [...(index % 4 < 2 ? [] : held), change(revoke, fingerprint, 'revoked')])
    }
  }
  await Promise.all(Array.from({ length: CHANGERS }, changer))
  await asking.stop()

  t.comment(
    `${asking.answers} answers, ${asking.afterRevocation} to questions after an acknowledged revocation or hold`,
  )
  t.strictSame(asking.wrong.slice(0, 5), [], 'no answer but what had been acknowledged before its question began')
  t.ok(asking.afterRevocation >= 5 * count, 'each was asked about after its revocation')
}

type Act = (fingerprint: Hex) => Promise<void>
type Acts = Readonly<Record<'revoke' | 'hold' | 'release', Act>>

function change(act: Act, fingerprint: Hex, to: 'valid' | 'revoked') {
  return { act: () => act(fingerprint), to }
}

/** Acknowledged by the process that also answers. */
function byAdmin(service: TestService): Acts {
  const act = (what: string) =>
    insisting(async (fingerprint) => {
      const { status, json } = await service.administer(`/${fingerprint}/${what}`)
      return status === 200 ? undefined : String(json.code)
    })
  return { revoke: act('revoke'), hold: act('hold'), release: act('release') }
}

/** Acknowledged by another process, as by the command line. */
function byCommand(revocation: Revocation): Acts {
  const act = (what: (fingerprint: Hex) => Promise<void>) =>
    insisting((fingerprint) =>
      what(fingerprint).then(
        () => undefined,
        (error: { code: string }) => error.code,
      ),
    )
  return {
    revoke: act((fingerprint) => revocation.revoke('operator:cli', fingerprint, 'superseded')),
    hold: act((fingerprint) => revocation.hold('operator:cli', fingerprint)),
    release: act((fingerprint) => revocation.release('operator:cli', fingerprint)),
  }
}

/** Acts until it is acknowledged. A store that was too late may have acted all the same: a release then finds no hold. */
function insisting(act: (fingerprint: Hex) => Promise<string | undefined>): Act {
  return async (fingerprint) => {
    for (let late = 0; late < 20; late++) {
      const refusal = await act(fingerprint)
      if (refusal === undefined || (late > 0 && refusal === 'certificate-not-held')) return
      if (refusal !== 'store-unavailable') throw new Error(`refused: ${refusal}`)
    }
    throw new Error('the store did not come back')
  }
}
