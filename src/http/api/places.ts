/** So many connections may be kept open for one site, and for all sites together; default: as many as there are. */
export interface PlaceBounds {
  readonly ofSite: number
  readonly all?: number
}

/** What sites keep open in this process. */
export class Places {
  readonly #bounds: Required<PlaceBounds>
  readonly #taken = new Map<string, number>()
  #all = 0

  constructor({ ofSite, all = Number.POSITIVE_INFINITY }: PlaceBounds) {
    this.#bounds = { ofSite, all }
  }

  /** @returns whether there was a place left; whoever has taken one leaves it */
  take(siteId: string): boolean {
    const taken = this.#taken.get(siteId) ?? 0
    if (taken >= this.#bounds.ofSite || this.#all >= this.#bounds.all) return false
    this.#taken.set(siteId, taken + 1)
    this.#all += 1
    return true
  }

  leave(siteId: string): void {
    const left = (this.#taken.get(siteId) ?? 1) - 1
    if (left === 0) this.#taken.delete(siteId)
    else this.#taken.set(siteId, left)
    this.#all -= 1
  }
}
