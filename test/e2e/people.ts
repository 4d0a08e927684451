import { Browsing, type Device, enroll, invite, recoveryForm } from './device.ts'
import type { Identity, Reply } from './exchange.ts'
import type { Inside } from './inside.ts'
import type { TestService } from './service.ts'

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
  const second = await enroll(service, inside, `${name}-phone`, await invite(inside, subscriberId))
  return { name, subscriberId, devices: [laptop, await signIn(service, inside, second, `${name}-phone`)] }
}

async function signIn(service: TestService, { store }: Inside, device: Device, label: string): Promise<SignedIn> {
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
