import { readFileSync } from 'node:fs'
import type { ListenerConfig } from './config.ts'
import type { Issuance } from './domain/certificate/issuance.ts'
import type { Clock } from './domain/clock.ts'
import type { Issuer } from './domain/issuer.ts'
import type { ServerIdentity } from './http/tls.ts'
import { makeOwnRequest } from './x509/own-request.ts'
import { encodePem } from './x509/pem.ts'

/** A listener's certificate, and when to look for the next one (epoch ms). */
export interface ListenerIdentity extends ServerIdentity {
  readonly renewAt: number
}

export interface IdentitySource {
  readonly issuance: Issuance
  readonly issuer: Issuer
  readonly clock: Clock
}

/**
 * The certificate of a listener: the operator's files where they are given, else a new one of issuer `internal` whose
 * key is made here and lives in this process's memory alone.
 * @param hosts further names that it answers for
 */
export async function obtainIdentity(
  listener: ListenerConfig,
  hosts: readonly string[],
  source: IdentitySource,
): Promise<ListenerIdentity> {
  if (listener.tls) {
    return {
      cert: readFileSync(listener.tls.cert, 'utf8'),
      key: readFileSync(listener.tls.key, 'utf8'),
      // The operator's tools replace the files when they like.
      renewAt: source.clock.now(),
    }
  }
  const { hostname } = new URL(listener.url)
  const { key, request } = makeOwnRequest()
  const issued = await source.issuance.issue({
    actor: 'service:countersign',
    order: {
      profile: 'tls-server',
      request,
      label: hostname.slice(0, 64),
      binding: { subscriberId: null, deviceId: null, siteId: null, service: null },
      hosts: [...new Set([hostname, ...hosts, ...(hostname === 'localhost' ? ['127.0.0.1', '::1'] : [])])],
    },
  })
  return {
    cert: encodePem('CERTIFICATE', issued.der) + source.issuer.chain('internal'),
    key: key.export({ type: 'pkcs8', format: 'pem' }) as string,
    // Two thirds of its life: a renewal that fails may be tried again for weeks.
    renewAt: issued.notBefore + ((issued.notAfter - issued.notBefore) * 2) / 3,
  }
}
