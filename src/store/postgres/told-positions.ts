import type { News } from '../feed.ts'

/**
 * Which positions of the feed were told since the connections were last made or lost. Behind a lost connection there
 * may be another server, or the same one with an older state: its feed counts on from there, so that a position that
 * was told before may stand for another past by now.
 */
export class ToldPositions {
  #generation = 0
  /** the newest position that was ever told */
  #newest = -1
  /** the newest position that was told in an older generation */
  #horizon = -1
  /** those up to the horizon that were told in this generation, too */
  readonly #again = new Set<number>()

  /**
   * What may be told to whoever knows the feed up to `since`: everything, once, where that may be another past.
   * @param generation of the connections, from before the question until after the answer
   */
  tell(since: number, generation: number, news: News): News {
    if (generation !== this.#generation) this.#turn(generation)
    const isOld = since <= this.#horizon && !this.#again.has(since)
    if (news.position <= this.#horizon) this.#again.add(news.position)
    this.#newest = Math.max(this.#newest, news.position)
    return isOld ? { position: news.position, changes: 'everything' } : news
  }

  #turn(generation: number): void {
    this.#generation = generation
    this.#horizon = this.#newest
    this.#again.clear()
  }
}
