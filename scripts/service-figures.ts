/** What a running service has counted since its start. */
export interface Counted {
  /** ms of a clock that only runs forward */
  readonly at: number
  /** verdicts by word */
  readonly verdicts: Readonly<Record<Word, number>>
  /** answers that were timed, by the upper bound of their time, s; each includes those below */
  readonly within: readonly (readonly [bound: number, answers: number])[]
  readonly streams: number
}

export const WORDS = ['valid', 'needs-revalidation', 'revoked', 'missing'] as const
export type Word = (typeof WORDS)[number]

/** What went on between two looks. */
export interface Figures {
  /** verdicts by word, in a second */
  readonly verdicts: Readonly<Record<Word, number>>
  /** half of the timed answers, and 99 of 100, took no longer, ms; null: none was timed */
  readonly p50: number | null
  readonly p99: number | null
  /** streams of events that are open */
  readonly streams: number
}

/**
 * Reads what `/metrics` of `ops` says.
 * @param site its name; undefined: all sites
 */
export function readMetrics(text: string, site: string | undefined, at: number): Counted {
  const verdicts = { valid: 0, 'needs-revalidation': 0, revoked: 0, missing: 0 }
  const within: (readonly [number, number])[] = []
  let streams = 0
  for (const { name, labels, value } of samplesOf(text)) {
    if (name === 'countersign_event_streams') streams = value
    if (name === 'countersign_verdict_seconds_bucket')
      within.push([Number(labels.le?.replace('+Inf', 'Infinity')), value])
    if (name !== 'countersign_site_verdicts_total' || (site !== undefined && labels.site !== site)) continue
    const word = WORDS.find((known) => known === labels.verdict)
    if (word) verdicts[word] += value
  }
  return { at, verdicts, within, streams }
}

/** https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format */
function* samplesOf(text: string) {
  for (const line of text.split('\n')) {
    const [, name = '', labels = '', value = ''] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
    if (name === '') continue
    const pairs = Array.from(labels.matchAll(/(\w+)="([^"]*)"/g), ([, label, text]) => [label!, text!] as const)
    yield { name, labels: Object.fromEntries(pairs) as Record<string, string | undefined>, value: Number(value) }
  }
}

/** What went on since an earlier look. A service that began anew in between has counted from zero. */
export function figuresBetween(before: Counted, after: Counted): Figures {
  const seconds = (after.at - before.at) / 1_000
  const rate = (word: Word): number => since(before.verdicts[word], after.verdicts[word]) / seconds
  const within = after.within.map(
    ([bound, answers], index) => [bound, since(before.within[index]?.[1] ?? 0, answers)] as const,
  )
  return {
    verdicts: {
      valid: rate('valid'),
      'needs-revalidation': rate('needs-revalidation'),
      revoked: rate('revoked'),
      missing: rate('missing'),
    },
    p50: quantile(within, 0.5),
    p99: quantile(within, 0.99),
    streams: after.streams,
  }
}

function since(before: number, after: number): number {
  return after < before ? after : after - before
}

/** Between the bounds of the class in which it lies, as if that were evenly filled. @returns ms */
function quantile(within: Counted['within'], part: number): number | null {
  const all = within.at(-1)?.[1] ?? 0
  if (all === 0) return null
  const wanted = all * part
  const index = within.findIndex(([, answers]) => answers >= wanted)
  const [low, below] = within[index - 1] ?? [0, 0]
  const [high, answers] = within[index]!
  // nothing is known of those beyond the last bound but that they are
  if (high === Number.POSITIVE_INFINITY) return low * 1_000
  return (low + ((high - low) * (wanted - below)) / (answers - below)) * 1_000
}
