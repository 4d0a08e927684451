/**
 * What a service may do beyond asking for verdicts. Given by the operator, kept with the site; adding one means adding a
 * name here, and asking {@link hasRight} where it matters.
 *
 * - `forward-auth`: to speak for a proxy, whose word on other people's handshakes is taken from headers
 */
export const RIGHTS = ['forward-auth'] as const
export type Right = (typeof RIGHTS)[number]

/** The rights of a site's services, by the name of the service. */
export type ServiceRights = Readonly<Record<string, readonly Right[]>>

/** Names come from outside, so what every object has is nobody's right. */
export function rightsOf(rights: ServiceRights, service: string): readonly Right[] {
  return Object.hasOwn(rights, service) ? rights[service]! : []
}

export function hasRight(rights: ServiceRights, service: string, right: Right): boolean {
  return rightsOf(rights, service).includes(right)
}
