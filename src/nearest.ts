/** The candidate that takes the fewest edits to become `text`. */
export function nearest(text: string, candidates: readonly string[]): string {
  const ranked = candidates.map((candidate) => ({ candidate, edits: edits(text, candidate) }))
  return ranked.reduce((best, next) => (next.edits < best.edits ? next : best)).candidate
}

/** Levenshtein's distance, a row at a time. */
function edits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i)
  for (let i = 1; i <= from.length; i++) {
    const above = row
    row = [i]
    for (let j = 1; j <= to.length; j++) {
      const replaced = above[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1)
      row.push(Math.min(replaced, above[j]! + 1, row[j - 1]! + 1))
    }
  }
  return row[to.length]!
}
