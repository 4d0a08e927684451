import { createPrivateKey, X509Certificate } from 'node:crypto'
import t from 'tap'
import type { ApiQuestion } from '../../src/client/api.ts'
import { CountersignError } from '../../src/client/countersign-error.ts'
import { makeOwnRequest } from '../../src/client/own-request.ts'
import { renewPair } from '../../src/client/renewal.ts'
import { openCast } from '../http/handshake.ts'
import { certify } from './issuing.ts'

const cast = await openCast(t)

t.test('a pair that fits, with a key of its own each time', async (t) => {
  const { api, asked } = answering(async (request) => ({ certificate: await certify(cast, request) }))
  const [one, other] = [await renewPair(api), await renewPair(api)]
  for (const { cert, key } of [one, other]) {
    t.ok(new X509Certificate(cert).checkPrivateKey(createPrivateKey(key)))
    t.equal(cert.match(/BEGIN CERTIFICATE/g)?.length, 2, 'with what is above it')
  }
  t.not(one.key, other.key)
  const question = { type: 'application/pkcs10', accept: 'application/json', once: true }
  t.match(asked, [
    { path: '/v1/site/certificate', ...question },
    { path: '/v1/site/certificate', ...question },
  ])
})

t.test('what is no certificate for this key is no renewal', async (t) => {
  const stranger = await certify(cast, makeOwnRequest().request)
  for (const json of [{ certificate: stranger }, { certificate: 'none' }, {}, null])
    await t.rejects(renewPair(answering(async () => json).api), { code: 'answer-unreadable' })
  const refusing = answering(() => Promise.reject(new CountersignError('question-refused', 'too early')))
  await t.rejects(renewPair(refusing.api), { code: 'question-refused' })
})

function answering(answer: (request: Uint8Array) => Promise<unknown>) {
  const asked: object[] = []
  const ask = async (path: string, question: ApiQuestion = {}) => {
    asked.push({ path, ...question })
    return { json: await answer(question.body as Uint8Array), date: undefined, sentAt: 0 }
  }
  return { api: { ask }, asked }
}
