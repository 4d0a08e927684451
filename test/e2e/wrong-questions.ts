import type { Device } from './device.ts'
import type { Exchange } from './exchange.ts'
import { base64 } from './site-service.ts'

export interface WrongQuestion {
  /** what is wrong */
  readonly name: string
  readonly path: string
  readonly rest: Omit<Exchange, 'agent'>
  /** what it is refused as */
  readonly status: number
  readonly code: string
}

type Row = readonly [string, string, WrongQuestion['rest'], number, string]

/** Questions that are wrong in one point each. */
export function wrongQuestions(device: Device): readonly WrongQuestion[] {
  const rows = [...inTheAddress(device), ...inTheBody(device), ...inTheType(device)]
  return rows.map(([name, path, rest, status, code]) => ({ name, path, rest, status, code }))
}

function inTheAddress({ fingerprint }: Device): readonly Row[] {
  const one = `/v1/verdicts/${fingerprint}`
  return [
    ['an unknown parameter', `${one}?maxage=60`, {}, 400, 'query-invalid'],
    ['a parameter twice', `${one}?max_age=60&max_age=70`, {}, 400, 'query-invalid'],
    ['a negative age', `${one}?max_age=-1`, {}, 400, 'query-invalid'],
    ['half a second', `${one}?max_age=30.5`, {}, 400, 'query-invalid'],
    ['an age that is no number', `${one}?max_age=1e3`, {}, 400, 'query-invalid'],
    ['an empty age', `${one}?max_age=`, {}, 400, 'query-invalid'],
    ['upper case', `/v1/verdicts/${fingerprint.toUpperCase()}`, {}, 400, 'query-invalid'],
    ['a digit too few', one.slice(0, -1), {}, 400, 'query-invalid'],
    ['something behind it', `${one}/more`, {}, 400, 'query-invalid'],
    ['another address', '/v1/verdict', {}, 404, 'not-found'],
    ['another method', '/v1/verdicts', { method: 'PUT', body: { fingerprint } }, 405, 'method-not-allowed'],
  ]
}

function inTheBody({ fingerprint, pem, der }: Device): readonly Row[] {
  const json = (body: object) => ({ body })
  return [
    ['neither', '/v1/verdicts', json({}), 400, 'query-invalid'],
    ['both', '/v1/verdicts', json({ fingerprint, certificate: pem }), 400, 'query-invalid'],
    ['an unknown member', '/v1/verdicts', json({ fingerprint, maxAge: 60 }), 400, 'query-invalid'],
    ['an age as text', '/v1/verdicts', json({ fingerprint, max_age: '60' }), 400, 'query-invalid'],
    ['a list', '/v1/verdicts', json([{ fingerprint }]), 400, 'query-invalid'],
    ['wishes in the wrong place', '/v1/verdicts?max_age=60', json({ fingerprint }), 400, 'query-invalid'],
    ['half a PEM', '/v1/verdicts', json({ certificate: pem.slice(0, 200) }), 400, 'pem-malformed'],
    ['two PEM', '/v1/verdicts', json({ certificate: pem + pem }), 400, 'pem-malformed'],
    ['base64 with a gap', '/v1/verdicts', json({ certificate: `${base64(der)} ` }), 400, 'certificate-malformed'],
  ]
}

const DER = 'application/pkix-cert'

function inTheType({ fingerprint, pem, der }: Device): readonly Row[] {
  const typed = (type: string, body: string | Uint8Array) => ({
    headers: { 'content-type': type },
    body: Buffer.from(body),
  })
  return [
    ['no JSON', '/v1/verdicts', typed('application/json', '{'), 400, 'body-malformed'],
    ['no UTF-8', '/v1/verdicts', typed('application/json', Uint8Array.of(0x22, 0xff, 0x22)), 400, 'body-malformed'],
    ['nothing', '/v1/verdicts', typed('application/json', ''), 400, 'body-malformed'],
    [
      'a byte behind the DER',
      '/v1/verdicts',
      typed(DER, Buffer.concat([der, Buffer.of(0)])),
      400,
      'certificate-malformed',
    ],
    ['a byte too few', '/v1/verdicts', typed(DER, der.subarray(0, -1)), 400, 'certificate-malformed'],
    [
      'a form',
      '/v1/verdicts',
      typed('application/x-www-form-urlencoded', `fingerprint=${fingerprint}`),
      415,
      'media-type-unsupported',
    ],
    ['PEM as text', '/v1/verdicts', typed('text/plain', pem), 415, 'media-type-unsupported'],
    ['a batch of DER', '/v1/verdicts/batch', typed(DER, der), 415, 'media-type-unsupported'],
  ]
}
