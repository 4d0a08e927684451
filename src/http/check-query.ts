/** How the check page was come to: what was looked for, and what has been tried. All of it is somebody's word. */
export interface CheckQuery {
  /** the last step of an enrollment */
  readonly from: 'enrollment' | undefined
  /** fingerprint of the certificate that is looked for */
  readonly expect: string | undefined
  /** where to go afterwards: an address of a site, or a ticket of ours */
  readonly returnTo: string | undefined
  readonly ticket: string | undefined
  readonly tried: Tried | undefined
  /** what the browser had shown before that: the beginning of a fingerprint, or `none` */
  readonly was: string | undefined
}

/**
 * - evicted: the browser was told to forget its choice
 * - fresh: asked under a fresh name
 * - back: from there, back under our own name
 * - last: and told to forget once more
 */
const TRIED = ['evicted', 'fresh', 'back', 'last'] as const
export type Tried = (typeof TRIED)[number]

const FINGERPRINT = /^[0-9a-f]{64}$/
const SHOWN = /^(?:none|[0-9a-f]{16})$/
const TICKET = /^[\w-]{1,4096}$/

/** What cannot be read is left out: the page then says less. @param address path and query */
export function readCheckQuery(address: string): CheckQuery {
  const { searchParams } = new URL(address, 'https://check.invalid')
  const matching = (name: string, pattern: RegExp): string | undefined =>
    pattern.exec(searchParams.get(name) ?? '')?.[0]
  return {
    from: searchParams.get('from') === 'enrollment' ? 'enrollment' : undefined,
    expect: matching('expect', FINGERPRINT),
    returnTo: searchParams.get('return_to') ?? undefined,
    ticket: matching('ticket', TICKET),
    tried: TRIED.find((way) => way === searchParams.get('tried')),
    was: matching('was', SHOWN),
  }
}

/** The address of the check page, without its origin. */
export function checkPath(query: Partial<CheckQuery> = {}): string {
  const { returnTo, ...rest } = query
  const given = Object.entries({ ...rest, return_to: returnTo }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  )
  return given.length === 0 ? '/check' : `/check?${new URLSearchParams(given)}`
}
