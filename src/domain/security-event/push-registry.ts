import { IdentityError } from '../../errors.ts'
import { decodePemAll, encodePem } from '../../x509/pem.ts'
import type { Actor } from '../audit/audit.ts'
import type { Clock } from '../clock.ts'
import type { Keyring } from '../keyring.ts'
import type { Site } from '../site/site.ts'
import { pairwiseSubject } from '../site/subject.ts'
import type { Store } from '../store.ts'
import { readPushAddress } from './push-address.ts'
import { openPushTarget, type PushTarget, sealPushTarget } from './push-target.ts'
import { type DeadLetter, tokenId } from './security-event.ts'
import type { SecurityStream } from './security-stream.ts'

/** Where the operator wants a site's events to be pushed. */
export interface PushWish {
  readonly url: string
  /** this machine's and private networks may be meant */
  readonly allowPrivate: boolean
  /** whom to believe who the receiver is, PEM; undefined: the public authorities */
  readonly anchors?: string
  /** the value of the `Authorization` header */
  readonly authorization?: string
}

/** A dead letter as operator and site can speak of it. */
export interface NamedLetter extends DeadLetter {
  /** the id of its token */
  readonly id: string
  /** the person as the site knows him; null: the stream tells of itself */
  readonly subject: string | null
}

/** The operator's side of pushing events. */
export interface PushRegistry {
  /** @throws IdentityError push-address-refused, pem-malformed */
  set(actor: Actor, site: Site, wish: PushWish): Promise<void>
  /** A stream that was pushed there ends. @throws IdentityError push-address-refused: there was none */
  remove(actor: Actor, site: Site): Promise<void>
  /** @throws IdentityError internal: what is registered was altered in the store, or sealed under another key */
  show(site: Site): Promise<{ readonly target: PushTarget | undefined; readonly stream: SecurityStream | undefined }>
  /** The oldest first. */
  deadLetters(site: Site): Promise<readonly NamedLetter[]>
  /** Has all of them delivered again. Returns how many. */
  retry(actor: Actor, site: Site): Promise<number>
}

/** Visible characters with single spaces between them: what a header can hold. https://www.rfc-editor.org/rfc/rfc9110#section-5.5 */
const HEADER_VALUE = /^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/
const MAX_HEADER_CHARS = 4_096

/** More are not looked through by anybody. */
const MOST_SHOWN = 1_000

export function createPushRegistry(parts: {
  readonly store: Pick<Store, 'run' | 'pushAddress' | 'securityStream' | 'deadLetters'>
  readonly clock: Clock
  readonly keyring: Pick<Keyring, 'push-secret' | 'security-event' | 'subject'>
}): PushRegistry {
  const { store, clock, keyring } = parts
  return {
    async set(actor, { id }, { url, allowPrivate, anchors, authorization }) {
      const target: PushTarget = {
        url: readPushAddress(url, allowPrivate),
        allowPrivate,
        anchors: anchors === undefined ? null : readAnchors(anchors),
        authorization: authorization === undefined ? null : readHeader(authorization),
      }
      const sealed = sealPushTarget(keyring['push-secret'], id, target)
      const address = { siteId: id, url: target.url, allowPrivate, anchors: target.anchors, sealed }
      await store.run('setPushAddress', { at: clock.now(), actor }, address)
    },

    async remove(actor, { id, name }) {
      const outcome = await store.run('removePushAddress', { at: clock.now(), actor }, id)
      if (outcome === 'unknown') throw refused(`No address is registered for ${name}, so there is none to remove.`)
    },

    async show({ id }) {
      const address = await store.pushAddress(id)
      const target = address && openPushTarget(keyring['push-secret'], address)
      return { target, stream: await store.securityStream(id) }
    },

    async deadLetters({ id }) {
      const letters = await store.deadLetters(id, MOST_SHOWN)
      return letters.map((letter) => {
        const { subscriberId, generation } = letter
        const subject =
          subscriberId === null ? null : pairwiseSubject(keyring.subject, id, subscriberId, generation ?? 0)
        return { ...letter, subject, id: tokenId(keyring['security-event'], id, letter) }
      })
    },

    retry: (actor, { id }) => store.run('retryDeadLetters', { at: clock.now(), actor }, id),
  }
}

/** Certificates and nothing beside them: a key that lies in the same file is not for the store. */
function readAnchors(pem: string): string {
  return decodePemAll(pem, 'CERTIFICATE')
    .map((der) => encodePem('CERTIFICATE', der))
    .join('')
}

function readHeader(authorization: string): string {
  if (authorization.length > MAX_HEADER_CHARS || !HEADER_VALUE.test(authorization))
    throw refused('The value of the Authorization header is one line of visible characters, such as "Bearer …".')
  return authorization
}

function refused(why: string): IdentityError {
  return new IdentityError('push-address-refused', why)
}
