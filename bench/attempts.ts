import { hostileBodies } from '../test/malformed/corpus.ts'
import { hostileCertificates } from '../test/malformed/hostile-certificates.ts'
import { HOSTILE_RETURN_ADDRESSES } from '../test/malformed/return-addresses.ts'

/** One thing that somebody with bad intentions sends. */
export interface Attempt {
  readonly name: string
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly type: string | undefined
  readonly body: Uint8Array | undefined
}

/** A listener and all that is tried on it. */
export interface Front {
  readonly listener: 'api' | 'portal' | 'admin'
  readonly attempts: readonly Attempt[]
}

/** @param invitation the path of an unused invitation; nothing here uses it up */
export function fronts(invitation: string): readonly Front[] {
  const bodies = [...hostileBodies(), ...hostileCertificates().map(({ name, der }) => ({ name, body: der }))]
  const certificateFields = bodies.map(({ name, body }) => jsonPost(name, VERDICTS, { certificate: base64(body) }))
  const returnAddresses = HOSTILE_RETURN_ADDRESSES.flatMap((address) => returning(address))
  return [
    {
      listener: 'api',
      attempts: [
        ...bodies.map(({ name, body }) => post(`DER: ${name}`, VERDICTS, 'application/pkix-cert', body)),
        ...bodies.map(({ name, body }) => post(`JSON: ${name}`, VERDICTS, JSON_TYPE, body)),
        ...bodies.map(({ name, body }) => post(`batch: ${name}`, `${VERDICTS}/batch`, JSON_TYPE, body)),
        ...certificateFields,
        ...returnAddresses,
      ],
    },
    {
      listener: 'portal',
      attempts: bodies.map(({ name, body }) => jsonPost(name, invitation, { label: name, request: base64(body) })),
    },
    {
      listener: 'admin',
      attempts: bodies.map(({ name, body }) =>
        jsonPost(name, '/v1/certificates', { site: 'shop', service: 'web', request: base64(body) }),
      ),
    },
  ]
}

const VERDICTS = '/v1/verdicts'
const JSON_TYPE = 'application/json'
const SOMEBODY = 'ab'.repeat(32)

/** In the body, and in the address. */
function returning(address: string): Attempt[] {
  return [
    jsonPost(`return_to: ${address}`, VERDICTS, { fingerprint: SOMEBODY, return_to: address }),
    {
      name: `return_to in the address: ${address}`,
      method: 'GET',
      path: `${VERDICTS}/${SOMEBODY}?return_to=${encodeURIComponent(address.toWellFormed())}`,
      type: undefined,
      body: undefined,
    },
  ]
}

function jsonPost(name: string, path: string, value: object): Attempt {
  return post(name, path, JSON_TYPE, Buffer.from(JSON.stringify(value)))
}

function post(name: string, path: string, type: string, body: Uint8Array): Attempt {
  return { name, method: 'POST', path, type, body }
}

function base64(body: Uint8Array): string {
  return Buffer.from(body).toString('base64')
}
