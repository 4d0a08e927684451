/** All periods are milliseconds. The defaults are the service's; the configuration may set each. */
export interface Policy {
  /** how long a browser certificate serves before its owner must renew it */
  readonly browserLifetime: number
  /** how long after that the certificate itself still lives, so that browsers go on offering it */
  readonly grace: number
  /** how long a walk that was finished in the grace period lets the certificate go on */
  readonly extension: number
  readonly apiLifetime: number
  readonly adminLifetime: number
  /** unused and unproven for longer: needs-revalidation, `idle` */
  readonly idle: number
  /** the least `max_age` that a site may ask for: below it, walks would loop */
  readonly minMaxAge: number
  /** how long a redirect's ticket is good */
  readonly ticketLifetime: number
  /** for how long a spent ticket satisfies the owner's wish to be asked, at that site */
  readonly wishSatisfied: number
  readonly invitationLifetime: number
  /** wrong or right, this many answers to a check are looked at in one minute, for one device */
  readonly guessesPerMinute: number
  /** after so many wrong ones in one day (UTC) none is looked at any more, for one device */
  readonly guessesPerDay: number
}

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

export const DEFAULT_POLICY: Policy = Object.freeze({
  browserLifetime: 365 * DAY,
  grace: 90 * DAY,
  extension: 7 * DAY,
  apiLifetime: 365 * DAY,
  adminLifetime: 365 * DAY,
  idle: 30 * DAY,
  minMaxAge: 30 * SECOND,
  ticketLifetime: 10 * MINUTE,
  wishSatisfied: 15 * MINUTE,
  invitationLifetime: 24 * HOUR,
  guessesPerMinute: 5,
  // Three codes of a million are right at any time: a thief of the file has one chance in 6,000 a day.
  guessesPerDay: 50,
})
