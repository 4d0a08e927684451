/**
 * A cookie of a request.
 * @param header `Cookie`, as Node joins it
 * @returns undefined: none of this name was sent, or more than one, of which nobody knows which is ours
 */
export function readCookie(header: string | undefined, wanted: string): string | undefined {
  const values = (header ?? '').split(';').flatMap((pair) => {
    const [name, value] = split(pair)
    return name === wanted ? [value] : []
  })
  return values.length === 1 ? values[0] : undefined
}

function split(pair: string): readonly [name: string, value: string] {
  const at = pair.indexOf('=')
  return at < 0 ? ['', pair] : [pair.slice(0, at).trim(), pair.slice(at + 1).trim()]
}
