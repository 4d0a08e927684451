const COUNT = 10

/** Crockford's base 32: no I, L, O, U, so that nothing written by hand is read as something else. 5 bits each. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
/** 16 of 32 letters: 80 bits, which no number of guesses exhausts. */
const LENGTH = 16
const GROUP = 4

/** The service hashes what is typed in the same way: no digest of another thing is ever one of a code. */
const PREFIX = 'countersign recovery-code v1:'

/** Codes on paper for the day when the telephone is lost, each good once. */
export interface RecoveryCodes {
  /** in groups, as they are written down; they never leave the page */
  readonly codes: readonly string[]
  /** of each, in the same order, SHA-256 as lower-case hex: all that is ever sent, and nothing that proves anything */
  readonly digests: readonly string[]
}

/** Draws a set of codes. They are good once the service has said that it keeps the digests. */
export async function drawRecoveryCodes(): Promise<RecoveryCodes> {
  const drawn = Array.from({ length: COUNT }, drawCode)
  return { codes: drawn.map(inGroups), digests: await Promise.all(drawn.map(digestOf)) }
}

/** 256 is a multiple of 32, so the low five bits of a random byte are without bias. */
function drawCode(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(LENGTH)), (byte) => ALPHABET[byte & 31]).join('')
}

function inGroups(code: string): string {
  return (code.match(new RegExp(`.{${GROUP}}`, 'g')) ?? []).join('-')
}

/** A plain hash is enough: slow ones and salts are for what people think up, and 80 random bits nobody goes through. */
async function digestOf(code: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(PREFIX + code))
  return Array.from(new Uint8Array(digest), (octet) => octet.toString(16).padStart(2, '0')).join('')
}
