import t from 'tap'
import { parseRequest } from '../../src/x509/request.ts'
import { verifyRequest } from '../../src/x509/request-signature.ts'
import { hostileRequests } from '../malformed/corpus.ts'
import { refusalOf } from './refusal.ts'
import { sampleKey, sampleRequest } from './samples.ts'

t.test('the key that is in it must have signed it', (t) => {
  const request = parseRequest(sampleRequest(sampleKey()))
  t.equal(
    refusalOf(() => verifyRequest(request)),
    'taken',
  )
  t.equal(
    refusalOf(() => verifyRequest({ ...request, spki: sampleKey().spki })),
    'request-signature-invalid',
  )
  t.equal(
    refusalOf(() => verifyRequest({ ...request, info: request.info.with(-3, 0) })),
    'request-signature-invalid',
  )
  t.end()
})

t.test('bad signatures of the corpus', (t) => {
  const invalid = hostileRequests().filter(({ code }) => code === 'request-signature-invalid')
  t.ok(invalid.length >= 8)
  for (const { name, code, der } of invalid)
    t.equal(
      refusalOf(() => verifyRequest(parseRequest(der))),
      code,
      name,
    )
  t.end()
})
