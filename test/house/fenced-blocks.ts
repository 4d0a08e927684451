/** A fenced block of a Markdown page. */
export interface FencedBlock {
  /** what stands behind the fence, as in `sh` */
  readonly language: string
  /** of its first line of text, from 1 */
  readonly line: number
  readonly text: string
}

/** The fenced blocks of a page, in order. */
export function fencedBlocks(page: string): readonly FencedBlock[] {
  return [...page.matchAll(/^```(\S*)\n([\s\S]*?)^```$/gm)].map(({ 1: language = '', 2: text = '', index }) => ({
    language,
    line: page.slice(0, index).split('\n').length + 1,
    text,
  }))
}
