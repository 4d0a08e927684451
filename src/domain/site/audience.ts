import type { Site } from './site.ts'

/** Whom a token of ours is for: the site's name, as in the certificates of its services. */
export function audienceOf({ name }: Pick<Site, 'name'>): string {
  return `urn:countersign:site:${name}`
}
