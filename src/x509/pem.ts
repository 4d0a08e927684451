import { IdentityError } from '../errors.ts'
import { decodeBase64, encodeBase64 } from './base64.ts'

const LINE = 64
const DEFAULT_BYTES = 64 * 1024
const LABEL = /^[A-Z0-9]+(?:[ -][A-Z0-9]+)*$/
/** https://www.rfc-editor.org/rfc/rfc7468#section-3: full lines of 64 characters, then a last one. */
const BLOCK =
  /^-----BEGIN ([A-Z0-9 -]{1,64})-----\n((?:[A-Za-z0-9+/]{64}\n)*(?:[A-Za-z0-9+/]{1,64}={0,2}\n)?)-----END ([A-Z0-9 -]{1,64})-----(?:\n|$)/

/**
 * https://www.rfc-editor.org/rfc/rfc7468#section-2
 * @param label what stands behind BEGIN, such as `CERTIFICATE`
 * @returns lines of 64 characters, with a line feed at the end
 */
export function encodePem(label: string, der: Uint8Array): string {
  if (!LABEL.test(label)) throw new TypeError(`${label} is no label of a PEM block.`)
  const lines = encodeBase64(der).match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}

/**
 * The one block that the text consists of; white space may stand before and behind it.
 * @returns DER, not empty
 * @throws IdentityError pem-malformed
 */
export function decodePem(text: string, label: string, maxBytes = DEFAULT_BYTES): Uint8Array<ArrayBuffer> {
  const blocks = decodePemAll(text, label, maxBytes)
  if (blocks.length !== 1) throw refused(`It holds ${blocks.length} blocks where one is expected.`)
  return blocks[0]!
}

/**
 * All blocks of a text that holds nothing else, each with this label; at least one.
 * @throws IdentityError pem-malformed
 */
export function decodePemAll(text: string, label: string, maxBytes = DEFAULT_BYTES): Uint8Array<ArrayBuffer>[] {
  if (text.length > maxBytes * 1.5 + 256) throw refused('It is too long.')
  let rest = text.replace(/\r\n?/g, '\n').trim()
  const blocks: Uint8Array<ArrayBuffer>[] = []
  do {
    const match = BLOCK.exec(rest)
    if (!match)
      throw refused(
        `A block "-----BEGIN ${label}-----" with lines of ${LINE} characters is expected, and nothing beside.`,
      )
    if (match[1] !== label || match[3] !== label) throw refused(`The block is not labelled ${label}.`)
    const der = decodeBase64(match[2]!.replaceAll('\n', ''))
    if (!der || der.length === 0) throw refused('Its base64 is broken.')
    blocks.push(der)
    rest = rest.slice(match[0].length).trimStart()
  } while (rest !== '')
  return blocks
}

function refused(what: string): IdentityError {
  return new IdentityError('pem-malformed', `This is not the PEM text that is expected here. ${what}`)
}
