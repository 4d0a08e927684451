/**
 * Compares an answer with what a page shows of it: a JSON object on each line in any layout, or plain lines; `…` stands
 * for anything but a quotation mark.
 * @returns the answer itself where it is as shown, else what is shown, for the difference to be seen
 */
export function asShown(shown: string, answer: string): string {
  const given = answer.split('\n')
  const lines = shown.trimEnd().split('\n')
  return lines.map((line, index) => (fits(line, given[index] ?? '') ? given[index] : line)).join('\n')
}

function fits(shown: string, given: string): boolean {
  const parts = compact(shown).split('…')
  const pattern = parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('[^"]+')
  return new RegExp(`^${pattern}$`).test(compact(given))
}

function compact(line: string): string {
  try {
    return JSON.stringify(JSON.parse(line))
  } catch {
    return line.trimEnd()
  }
}
