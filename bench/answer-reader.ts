import type { Expected } from './questions.ts'

const END_OF_HEAD = Buffer.from('\r\n\r\n')

/** Cuts a connection's bytes into answers, and looks at each whether it is the right one. */
export class AnswerReader {
  readonly #expected: Expected
  readonly #status: string
  #parts: Buffer[] = []
  #held = 0
  /** the length of a whole answer; of the one before, as long as the present one's head has not been read */
  #length = 0
  #markAt = 0

  constructor(expected: Expected) {
    this.#expected = expected
    this.#status = `HTTP/1.1 ${expected.status} `
  }

  /**
   * @returns whether an answer is whole now
   * @throws Error for a wrong answer: nothing that is measured with it means anything
   */
  take(chunk: Buffer): boolean {
    if (this.#held === 0 && chunk.length === this.#length && this.#looksRight(chunk)) return true
    return this.#takeSlowly(chunk)
  }

  /** Most answers come in one piece and are as long as the one before. */
  #looksRight(chunk: Buffer): boolean {
    const { mark, times } = this.#expected
    return (
      times === 1 &&
      chunk.toString('latin1', 0, this.#status.length) === this.#status &&
      chunk.toString('latin1', this.#markAt, this.#markAt + mark.length) === mark
    )
  }

  #takeSlowly(chunk: Buffer): boolean {
    this.#parts.push(chunk)
    this.#held += chunk.length
    const known = this.#parts.length > 1 && this.#length > 0
    if (known && this.#held < this.#length) return false
    const answer = this.#parts.length === 1 ? chunk : Buffer.concat(this.#parts)
    const head = answer.indexOf(END_OF_HEAD)
    if (head === -1) {
      this.#length = 0
      return false
    }
    this.#length = head + END_OF_HEAD.length + contentLength(answer.toString('latin1', 0, head))
    if (this.#held < this.#length) return false
    this.#examine(answer)
    this.#parts = []
    this.#held = 0
    return true
  }

  #examine(answer: Buffer): void {
    const text = answer.toString('latin1')
    const { mark, times } = this.#expected
    const right =
      answer.length === this.#length && text.startsWith(this.#status) && text.split(mark).length === times + 1
    if (!right) throw new Error(`not the answer that was expected: ${text.slice(0, 1_000)}`)
    this.#markAt = answer.indexOf(mark)
  }
}

function contentLength(head: string): number {
  const found = /^content-length: *(\d+)$/im.exec(head)
  if (!found) throw new Error(`an answer without a length: ${head}`)
  return Number(found[1])
}
