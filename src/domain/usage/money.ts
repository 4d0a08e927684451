/** Amounts are whole millionths of a currency's unit: added and multiplied exactly, and never rounded. */
export type Amount = bigint

const DIGITS = 6
const ONE = 10n ** BigInt(DIGITS)

/** The fewest digits behind the point that people expect of money. */
const USUAL_DIGITS = 2

/** Reads `0.05`: up to nine digits before the point and six behind it, no sign. Undefined: it is not that. */
export function readAmount(text: string): Amount | undefined {
  const [, whole, part = ''] = /^(\d{1,9})(?:\.(\d{1,6}))?$/.exec(text) ?? []
  return whole === undefined ? undefined : BigInt(whole) * ONE + BigInt(part.padEnd(DIGITS, '0'))
}

/** `0.05`, `12.00`, `0.125`: exact, with two digits behind the point at least. @param amount not negative */
export function amountText(amount: Amount): string {
  const part = String(amount % ONE).padStart(DIGITS, '0')
  const digits = Math.max(USUAL_DIGITS, part.replace(/0+$/, '').length)
  return `${amount / ONE}.${part.slice(0, digits)}`
}
