import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import t from 'tap'
import { makeKeyPair, spkiOf } from './request.ts'

t.test('faults come back as messages, and the thread lives', async (t) => {
  const worker = new Worker(new URL('../../ca/list-press-thread.ts', import.meta.url), { execArgv: [] })
  t.teardown(() => worker.terminate())
  const ask = async (order: object) => {
    worker.postMessage(order)
    const [answer] = await once(worker, 'message')
    return answer
  }
  const forged = { kind: 'finish', tbs: new Uint8Array(9), signature: new Uint8Array(9), spki: spkiOf(makeKeyPair()) }
  t.match(await ask(forged), { refused: { code: 'profile-violation' } })
  t.match(await ask({ ...forged, spki: new Uint8Array(3) }), { refused: { code: 'internal' } })
})
