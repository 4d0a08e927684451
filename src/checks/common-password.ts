/**
 * Words around which the passwords are built that everybody tries first, in the languages of our pages. This is a list of
 * our own and a few rules, not a list of leaked passwords: it knows the patterns of these, not each of them.
 */
const WORDS: ReadonlySet<string> = new Set(
  `password passwort motdepasse contrasena contraseña passwd passcode secret geheim schatz hallo welcome willkommen bienvenue
  bienvenido letmein login admin administrator root guest master superuser default changeme iloveyou ichliebedich jetaime
  teamo sunshine princess princesse prinzessin princesa monkey dragon shadow superman batman spiderman starwars pokemon
  football fussball fußball soccer baseball basketball hockey liverpool barcelona realmadrid bayern chelsea arsenal juventus
  michael michelle jennifer jessica jordan daniel thomas charlie andrew martin robert nicole hannah alexander sebastian
  summer sommer winter spring autumn january january october november december freedom freiheit liberte whatever trustno
  computer internet samsung google facebook linkedin twitter microsoft windows apple android iphone countersign
  cheese chocolate schokolade chocolat banana orange flower butterfly schmetterling papillon mariposa
  killer ranger hunter hunting mustang ferrari porsche mercedes corvette yamaha harley ginger pepper cookie
  qwerty qwertz azerty asdf asdfgh zxcvb yxcvb qazwsx onetwothree abcdef test testing access access`
    .split(/\s+/)
    .filter((word) => word !== ''),
)

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

/** Whether a password of 8 characters or more is of a kind that is among the first ones tried. */
export function isCommonPassword(password: string): boolean {
  const lower = password.toLowerCase()
  const core = lower.replace(/^[\d\W_]+|[\d\W_]+$/g, '')
  const letters = core.replace(/[013457@$!]/g, (sign) => LOOKALIKES[sign]!)
  const whole = lower.replace(/[013457@$!]/g, (sign) => LOOKALIKES[sign]!)
  return (
    ONLY_DIGITS.test(lower) ||
    isRepeated(lower) ||
    [lower, core, lower.slice(1), lower.slice(0, -1)].some(isRun) ||
    [core, letters, whole, whole.replace(/[^a-zß-ÿ]+$/, '')].some(isWordy)
  )
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
function isWordy(text: string): boolean {
  return WORDS.has(text) || (text.length % 2 === 0 && isTwice(text))
}

function isTwice(text: string): boolean {
  const half = text.slice(0, text.length / 2)
  return text === half + half && WORDS.has(half)
}
