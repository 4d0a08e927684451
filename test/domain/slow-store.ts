import type { Change } from '../../src/domain/feed.ts'
import type { Hex } from '../../src/domain/hex.ts'
import type { Site } from '../../src/domain/site/site.ts'
import type { Store } from '../../src/domain/store.ts'
import type { VerdictState } from '../../src/domain/verdict-state.ts'

/** How a question is answered: at once like SQLite; when {@link SlowStore.deliver} says so, like PostgreSQL; never; or not at all. */
type Manner = 'at-once' | 'when-delivered' | 'never' | Error

type Question = 'changes' | 'verdictState' | 'site' | 'signIn'

/**
 * What verdicts ask of a store, in memory and as slow as a test wants it. A question's answer is what was true when it
 * was asked; it may arrive much later, and after those of later questions.
 */
export class SlowStore {
  readonly states = new Map<Hex, VerdictState>()
  readonly sites = new Map<Hex, Site>()
  readonly asked: Question[] = []
  /** relation rows that were written */
  readonly signedIn: object[] = []
  readonly #manner: Record<Question, Manner> = {
    changes: 'at-once',
    verdictState: 'at-once',
    site: 'at-once',
    signIn: 'when-delivered',
  }
  readonly #feed: Change[] = []
  #underWay: { readonly question: Question; readonly arrive: () => void }[] = []

  answer(manner: Manner, ...questions: readonly Question[]): void {
    for (const question of questions) this.#manner[question] = manner
  }

  /** Commits a change of a certificate. */
  change(fingerprint: Hex, different: Partial<VerdictState>): void {
    const state = this.states.get(fingerprint)
    if (!state) throw new TypeError('there is no such certificate to change')
    this.states.set(fingerprint, { ...state, ...different })
    this.#feed.push({ position: this.#feed.length + 1, kind: 'certificate', key: fingerprint })
  }

  removeSite(id: Hex): void {
    this.sites.delete(id)
    this.#feed.push({ position: this.#feed.length + 1, kind: 'site', key: id })
  }

  /** Loses the newest commits, as a failover can: states become what they were, and the feed is shorter. */
  setBack(commits: number, states: ReadonlyMap<Hex, VerdictState>): void {
    this.#feed.splice(this.#feed.length - commits)
    for (const [fingerprint, state] of states) this.states.set(fingerprint, state)
  }

  get underWay(): readonly Question[] {
    return this.#underWay.map(({ question }) => question)
  }

  /** Lets the answer arrive that was asked for as the `index`th of those under way. */
  deliver(index = 0): void {
    const [answer] = this.#underWay.splice(index, 1)
    answer?.arrive()
  }

  countOf(question: Question): number {
    return this.asked.filter((asked) => asked === question).length
  }

  get store(): Store {
    const store: Partial<Store> = {
      changes: (since) => {
        const position = this.#feed.length
        return this.#tell('changes', { position, changes: since > position ? 'everything' : this.#feed.slice(since) })
      },
      verdictState: (fingerprint) => this.#tell('verdictState', this.states.get(fingerprint)),
      site: (key) => this.#tell('site', 'id' in key ? this.sites.get(key.id) : undefined),
      run: (async (name: string, row: object) => {
        if (name !== 'signIn') throw new TypeError('verdicts write nothing else')
        await this.#tell('signIn', undefined)
        this.signedIn.push(row)
        return 'recorded'
      }) as Store['run'],
    }
    return store as Store
  }

  #tell<T>(question: Question, answer: T): T | Promise<T> {
    this.asked.push(question)
    const manner = this.#manner[question]
    if (manner instanceof Error) throw manner
    if (manner === 'at-once') return answer
    return new Promise((resolve) => {
      if (manner === 'when-delivered') this.#underWay.push({ question, arrive: () => resolve(answer) })
    })
  }
}
