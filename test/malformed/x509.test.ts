import t from 'tap'
import { IdentityError } from '../../src/errors.ts'
import { parseCertificate } from '../../src/x509/certificate.ts'
import { readPublicKey } from '../../src/x509/public-key.ts'
import { parseRequest } from '../../src/x509/request.ts'
import { verifyRequest } from '../../src/x509/request-signature.ts'
import { hostileBodies, hostileRequests } from './corpus.ts'
import { hostileCertificates, looseCertificate } from './hostile-certificates.ts'
import { looseRequest } from './loose-request.ts'

/** All that is asked of a stranger's request before anything is issued. */
function judgeRequest(der: Uint8Array): void {
  const request = parseRequest(der)
  readPublicKey(request.spki)
  verifyRequest(request)
}

function codeOf(judge: (der: Uint8Array) => unknown, der: Uint8Array): string {
  try {
    judge(der)
    return 'taken'
  } catch (error) {
    return error instanceof IdentityError ? error.code : `crashed: ${error}`
  }
}

t.equal(codeOf(judgeRequest, looseRequest()), 'taken', 'the request that all of these are made from is an honest one')

for (const { name, code, der } of hostileRequests())
  t.equal(codeOf(judgeRequest, der), code, `request refused: ${name}`)

for (const { name, body } of hostileBodies()) {
  const code = codeOf(judgeRequest, body)
  t.ok(code !== 'taken' && !code.startsWith('crashed'), `refused: ${name}`, { code })
}

t.equal(
  codeOf(parseCertificate, looseCertificate()),
  'taken',
  'the certificate that these are made from is an honest one',
)

for (const { name, code, der } of hostileCertificates()) {
  t.equal(codeOf(parseCertificate, der), code, `certificate refused: ${name}`)
}

t.equal(new Set(hostileRequests().map(({ name }) => name)).size, hostileRequests().length, 'each has a name of its own')
