import type { Hex } from '../../src/domain/hex.ts'
import type { Identity } from './exchange.ts'
import type { TestService } from './service.ts'
import { Wire } from './wire.ts'

/** What every answer must be whose question began now; `changing`: a change is on its way, either may be said. */
type Standing = 'valid' | 'revoked' | 'changing'

interface Watched {
  readonly fingerprint: Hex
  standing: Standing
  /** counts the changes: an answer is held against what was true for as long as it took */
  version: number
  /** answers whose question began after the last acknowledgment */
  since: number
  enough: (() => void) | undefined
}

/** An answer that the acknowledged state forbids. */
export interface WrongAnswer {
  readonly fingerprint: Hex
  readonly expected: Standing
  readonly answer: unknown
}

/** Each change is watched until so many questions that began after its acknowledgment have been answered. */
const ENOUGH = 5

/**
 * Many queriers at once that ask without a pause about certificates that are being changed. Every answer is held
 * against what had been acknowledged when its question began.
 */
export class Questioning {
  readonly wrong: WrongAnswer[] = []
  /** answers whose question began after an acknowledged revocation or hold */
  afterRevocation = 0
  answers = 0
  readonly #changing: Watched[] = []
  readonly #nodes: readonly TestService[]
  readonly #identity: Identity
  #asking = true
  #queriers: readonly Promise<void>[] = []

  /**
   * @param nodes the queriers are spread over them
   * @param identity of the service that asks
   */
  constructor(nodes: readonly TestService[], identity: Identity) {
    this.#nodes = nodes
    this.#identity = identity
  }

  /** Each querier has a connection of its own. */
  start(queriers: number): void {
    this.#queriers = Array.from({ length: queriers }, (_, index) => this.#querier(index))
  }

  async stop(): Promise<void> {
    this.#asking = false
    await Promise.all(this.#queriers)
  }

  /** Has questions asked about this certificate, which is valid now, while it goes through these changes. */
  async watch(
    fingerprint: Hex,
    changes: readonly { readonly act: () => Promise<void>; readonly to: 'valid' | 'revoked' }[],
  ): Promise<void> {
    const watched: Watched = { fingerprint, standing: 'valid', version: 0, since: 0, enough: undefined }
    this.#changing.push(watched)
    await this.#observe(watched)
    for (const { act, to } of changes) {
      settle(watched, 'changing')
      await act()
      settle(watched, to)
      await this.#observe(watched)
    }
    this.#changing.splice(this.#changing.indexOf(watched), 1)
  }

  #observe(watched: Watched): Promise<void> {
    return new Promise((resolve) => {
      watched.enough = resolve
    })
  }

  async #querier(index: number): Promise<void> {
    const node = this.#nodes[index % this.#nodes.length]!
    const wire = new Wire(node.address('api'), node.anchor, this.#identity)
    for (let round = index; this.#asking; round++) {
      const watched = this.#changing[round % this.#changing.length]
      if (watched) await this.#ask(wire, watched)
      else await new Promise(setImmediate)
    }
    wire.end()
  }

  async #ask(wire: Wire, watched: Watched): Promise<void> {
    const { standing, version, fingerprint } = watched
    const { status, body } = await wire.get(`/v1/verdicts/${fingerprint}`)
    this.answers += 1
    if (standing === 'changing' || watched.version !== version) return
    // on a machine that is busy elsewhere the store may be late: then nobody is signed in, which is right at any time
    if (status === 503) return
    if (!body.startsWith(`{"verdict":"${standing}"`)) this.wrong.push({ fingerprint, expected: standing, answer: body })
    if (standing === 'revoked') this.afterRevocation += 1
    watched.since += 1
    if (watched.since >= ENOUGH) watched.enough?.()
  }
}

function settle(watched: Watched, standing: Standing): void {
  watched.standing = standing
  watched.version += 1
  watched.since = 0
}
