/** What the list of leaked passwords does not hold: words of our pages' languages around which many are built. */
const OWN_WORDS =
  `abcdef azerty bienvenido bienvenue contraseña countersign fußball ichliebedich linkedin login prinzessin
  qwertz schmetterling schokolade superuser twitter willkommen yxcvb zxcvb`.split(/\s+/)

/** Rows of keyboards, and what is counted up; each is tried forwards and backwards. */
const ROWS = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890123456789',
  'qwertyuiop',
  'qwertzuiop',
  'azertyuiop',
  'asdfghjkl',
  'qsdfghjklm',
  'zxcvbnm',
  'yxcvbnm',
  '1qaz2wsx3edc4rfv5tgb6yhn',
  '1q2w3e4r5t6y7u8i9o0p',
  'qazwsxedcrfvtgb',
].flatMap((row) => [row, [...row].reverse().join('')])

const LOOKALIKES: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
}

/** Digits alone are dates, telephone numbers and what is counted up. */
const ONLY_DIGITS = /^\d{1,10}$/

/**
 * Whether a password of 8 characters or more is among the first that are tried: one of about 50,000 that leaked most
 * often, as it is or with digits and signs around it or in place of letters; or of a pattern of such.
 */
export async function isCommonPassword(password: string): Promise<boolean> {
  const words = await leakedWords()
  const lower = password.toLowerCase()
  const core = lower.replace(/^[\d\W_]+|[\d\W_]+$/g, '')
  const letters = core.replace(/[013457@$!]/g, (sign) => LOOKALIKES[sign]!)
  const whole = lower.replace(/[013457@$!]/g, (sign) => LOOKALIKES[sign]!)
  return (
    ONLY_DIGITS.test(lower) ||
    isRepeated(lower) ||
    [lower, core, lower.slice(1), lower.slice(0, -1)].some(isRun) ||
    [lower, core, letters, whole, whole.replace(/[^a-zß-ÿ]+$/, '')].some((text) => isWordy(words, text))
  )
}

let leaked: Promise<ReadonlySet<string>> | undefined

/** Some megabytes: read when the first password is chosen, since few policies ask for one. */
function leakedWords(): Promise<ReadonlySet<string>> {
  leaked ??= import('@zxcvbn-ts/language-common').then(
    ({ dictionary }) => new Set([...dictionary['passwords-common'], ...OWN_WORDS]),
  )
  return leaked
}

/** One short piece again and again, as in `abcabcabc` or `11111111`. */
function isRepeated(text: string): boolean {
  return /^(.{1,4})\1+$/.test(text) || new Set(text).size <= 3
}

function isRun(text: string): boolean {
  if (text.length < 4) return false
  const half = text.slice(0, Math.ceil(text.length / 2))
  const other = text.slice(half.length)
  const isIn = (part: string): boolean => ROWS.some((row) => row.includes(part))
  return isIn(text) || (isIn(half) && (other.length < 2 || isIn(other)))
}

/** One of the words, or one of them twice. */
function isWordy(words: ReadonlySet<string>, text: string): boolean {
  const half = text.slice(0, text.length / 2)
  return words.has(text) || (text === half + half && words.has(half))
}
