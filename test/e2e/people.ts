import { makeInvitation } from '../../src/domain/invitation-token.ts'
import { makeOwnRequest } from '../../src/x509/own-request.ts'
import { decodePem } from '../../src/x509/pem.ts'
import { fingerprint } from '../../src/x509/thumbprint.ts'
import { Browsing, type Device, enroll, recoveryForm } from './device.ts'
import { agentOf, exchange, type Identity, type Reply } from './exchange.ts'
import type { Inside } from './inside.ts'
import type { TestService } from './service.ts'
import { base64 } from './site-service.ts'

/** A browser of somebody, open at `signon`, signed in to the account. */
export interface SignedIn {
  readonly label: string
  readonly identity: Identity
  readonly fingerprint: string
  readonly deviceId: string
  /** as a `Cookie` header */
  readonly cookie: string
  /** what a page of the account has in its forms */
  readonly token: string
}

/** Somebody with two devices, signed in with both. */
export interface Person {
  readonly name: string
  readonly subscriberId: string
  readonly devices: readonly [SignedIn, SignedIn]
}

/** Enrolls a person by an invitation, and a second device of theirs by another. */
export async function makePerson(service: TestService, inside: Inside, name: string): Promise<Person> {
  const first = await enroll(service, inside, `${name}-laptop`)
  const record = await inside.store.certificate(first.fingerprint)
  const subscriberId = record?.subscriberId
  if (!subscriberId) throw new Error('enrolled, and nobody')
  const laptop = await signIn(service, inside, first, `${name}-laptop`)
  // The second invitation brings new recovery codes, which end the first.
  const second = await addDevice(service, inside, subscriberId, `${name}-phone`)
  return { name, subscriberId, devices: [laptop, await signIn(service, inside, second, `${name}-phone`)] }
}

type Enrolled = Identity & Pick<Device, 'fingerprint' | 'recoveryCodes'>

/** By an invitation for another device of the same person. */
async function addDevice(
  service: TestService,
  { store, config }: Inside,
  subscriberId: string,
  label: string,
): Promise<Enrolled> {
  const parts = { store, policy: config.policy, clock: { now: () => Date.now() } }
  const { token } = await makeInvitation(parts, { actor: 'operator:cli', subscriberId })
  const { key, request } = makeOwnRequest()
  const agent = agentOf(service.anchor, undefined, { keepAlive: false })
  const address = `${service.address('portal')}/enroll/${token}`
  const { status, json } = await exchange(address, { agent, body: { label, request: base64(request) } })
  if (status !== 201) throw new Error(`not enrolled: ${JSON.stringify(json)}`)
  return {
    cert: String(json.certificate) + String(json.chain),
    key: key.export({ type: 'pkcs8', format: 'pem' }) as string,
    fingerprint: fingerprint(decodePem(String(json.certificate), 'CERTIFICATE')),
    recoveryCodes: json.recovery_codes as string[],
  }
}

async function signIn(service: TestService, { store }: Inside, device: Enrolled, label: string): Promise<SignedIn> {
  const browsing = new Browsing(service, device)
  try {
    const opened = await browsing.post('/account/open?then=pair', recoveryForm(device))
    const cookie = cookieOf(opened)
    const { body } = await browsing.get('/account', { cookie })
    const record = await store.certificate(device.fingerprint)
    return {
      label,
      identity: { cert: device.cert, key: device.key },
      fingerprint: device.fingerprint,
      deviceId: record?.deviceId ?? '',
      cookie,
      token: /name="token" value="([^"]+)"/.exec(body.toString())?.[1] ?? '',
    }
  } finally {
    browsing.close()
  }
}

function cookieOf({ status, headers, body }: Reply): string {
  const [set = ''] = headers['set-cookie'] ?? []
  if (status === 303 && set !== '') return set.split(';', 1)[0]!
  throw new Error(`not signed in: ${status} ${body.toString().slice(0, 300)}`)
}
