/** Where a store tells what its callers do not see: the causes of refusals, losses and returns of its database. */
export interface StoreLog {
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
}
