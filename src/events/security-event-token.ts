import { SignJWT } from 'jose'
import type { Clock } from '../domain/clock.ts'
import type { Keyring } from '../domain/keyring.ts'
import { eventClaims, type SecurityEventTokens, tokenId } from '../domain/security-event/security-event.ts'
import { audienceOf } from '../domain/site/audience.ts'
import { VerdictKeys } from '../domain/verdict/verdict-keys.ts'

/** Told apart from all other tokens under the same keys. https://www.rfc-editor.org/rfc/rfc8417#section-2.3 */
const TOKEN_TYPE = 'secevent+jwt'

/** @param parts.issuer the portal's public address, below which the keys are published */
export function createSecurityEventTokens(parts: {
  readonly keyring: Pick<Keyring, 'verdict-signing' | 'security-event' | 'subject'>
  readonly clock: Clock
  readonly issuer: string
}): SecurityEventTokens {
  const { keyring, clock, issuer } = parts
  const keys = new VerdictKeys(keyring['verdict-signing'])
  const secrets = { token: keyring['security-event'], subject: keyring.subject }
  const idOf: SecurityEventTokens['idOf'] = (siteId, event) => tokenId(secrets.token, siteId, event)
  return {
    idOf,
    sign(site, streamId, event) {
      const now = clock.now()
      const { privateKey, publicKey } = keys.at(now)
      return new SignJWT(eventClaims(secrets, { issuer, siteId: site.id, streamId }, event))
        .setProtectedHeader({ alg: publicKey.alg, typ: TOKEN_TYPE, kid: publicKey.kid })
        .setIssuer(issuer)
        .setAudience(audienceOf(site))
        .setIssuedAt(Math.floor(now / 1_000))
        .setJti(idOf(site.id, event))
        .sign(privateKey)
    },
  }
}
