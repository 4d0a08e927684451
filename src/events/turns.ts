/** Few at once; the others come in the order in which they asked. */
export class Turns {
  #free: number
  readonly #waiting: (() => void)[] = []

  /** @param most turns that are taken at a time */
  constructor(most: number) {
    this.#free = most
  }

  /** Does the work once there is a turn for it. */
  async during(work: () => Promise<void>): Promise<void> {
    await this.#take()
    try {
      await work()
    } finally {
      this.#leave()
    }
  }

  async #take(): Promise<void> {
    if (this.#free > 0) this.#free -= 1
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  #leave(): void {
    const next = this.#waiting.shift()
    if (next) next()
    else this.#free += 1
  }
}
