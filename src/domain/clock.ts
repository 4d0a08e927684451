/** The time, in epoch milliseconds. Domain code takes the time from here or as an argument, never from `Date.now()`. */
export interface Clock {
  now(): number
}
