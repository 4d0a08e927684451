import t from 'tap'
import { CountersignError } from '../../src/client/countersign-error.ts'
import type { Reading } from '../../src/client/self.ts'
import { askMany, askReturning, askVerdict, fingerprintOf } from '../../src/client/verdict-question.ts'
import { REVOKED, VALID } from './fake-service.ts'
import { READING, signed, validAnswer } from './signing.ts'

const DER = Uint8Array.of(0x30, 0)

t.test(
  'a certificate is sent as it is, a fingerprint in the address, and nothing where there is nothing',
  async (t) => {
    const { api, asked } = answering(VALID)
    await askVerdict(api, DER, { returnTo: 'https://shop.example/?a=1', maxAge: 60 })
    await askVerdict(api, fingerprintOf(DER), { checks: ['passkey', 'totp'] })
    t.same((await askVerdict(api, null, {})).verdict, { verdict: 'missing', reason: 'no-certificate' })
    t.match(asked, [
      {
        path: '/v1/verdicts?return_to=https%3A%2F%2Fshop.example%2F%3Fa%3D1&max_age=60',
        question: { body: DER, type: 'application/pkix-cert' },
      },
      { path: `/v1/verdicts/${fingerprintOf(DER)}?checks=passkey%2Ctotp`, question: {} },
    ])
    t.equal(asked.length, 2)
  },
)

t.test('an address that is not registered is left out', async (t) => {
  const refusal = new CountersignError('question-refused', 'no', { problem: 'return-to-refused' })
  const { api, asked } = answering(refusal, VALID)
  const { verdict } = await askReturning(api, DER, { returnTo: 'https://shop.example/x', maxAge: 60 })
  t.equal(verdict.verdict, 'valid')
  t.equal(asked[1]?.path, '/v1/verdicts?max_age=60')
  const again = answering(refusal)
  await t.rejects(askReturning(again.api, DER, {}), refusal, 'that was not the reason')
  const other = answering(new CountersignError('question-refused', 'no', { problem: 'max-age-too-small' }))
  await t.rejects(askReturning(other.api, DER, { returnTo: 'https://shop.example/x' }), {
    code: 'question-refused',
  })
})

t.test('a verdict whose key is not known is read by newer keys, and believed by no others', async (t) => {
  const fingerprint = fingerprintOf(DER)
  const token = await signed(fingerprint, validAnswer())
  const { api } = answering(token)
  const older = { ...READING, keys: [] }
  let asked = 0
  const asking = (newer: Reading | undefined) => ({
    reading: older,
    newReading: async () => {
      asked += 1
      return newer
    },
  })
  t.match(await askVerdict(api, DER, asking(READING)), { verdict: { verdict: 'valid' }, goodUntil: Number })
  t.equal(asked, 1)
  for (const newer of [undefined, older, { ...READING, audience: 'urn:countersign:site:bank' }])
    await t.rejects(askVerdict(api, DER, asking(newer)), { code: 'answer-unreadable' })
  await t.rejects(askVerdict(api, DER, { reading: older }), { code: 'answer-unreadable' })
  asked = 0
  const foreign = { ...asking(READING), reading: { ...READING, audience: 'urn:countersign:site:bank' } }
  await t.rejects(askVerdict(api, DER, foreign), { code: 'answer-unreadable' })
  t.equal(asked, 0, 'no key would help')
})

t.test('many are answered in order, each with a verdict or an error', async (t) => {
  const { api } = answering({ answers: [VALID, { code: 'certificate-malformed' }, REVOKED] })
  const [first, second, third] = await askMany(api, ['a', 'b', 'c'], 100)
  t.match([first, third], [{ verdict: 'valid' }, { verdict: 'revoked' }])
  t.match(second, { code: 'answer-unreadable' })
})

t.test('fewer answers than questions are none', async (t) => {
  await t.rejects(askMany(answering({ answers: [VALID] }).api, ['a', 'b'], 100), { code: 'answer-unreadable' })
  await t.rejects(askMany(answering({}).api, ['a'], 100), { code: 'answer-unreadable' })
})

/** @param answers tokens are texts */
function answering(...answers: readonly (object | string | Error)[]) {
  const asked: { path: string; question: object }[] = []
  const left = [...answers]
  const api = {
    ask: async (path: string, question: object = {}) => {
      asked.push({ path, question })
      const json = left.length > 1 ? left.shift() : left[0]
      if (json instanceof Error) throw json
      const token = typeof json === 'string' ? json : undefined
      return { json, token, date: Date.now(), sentAt: performance.now() }
    },
  }
  return { api, asked }
}
