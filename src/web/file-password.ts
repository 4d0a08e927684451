/** No i, l and o: nobody shall wonder whether a letter is a digit. ASCII, since some systems fail at all else. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz'
/** 16 of 23 letters: 72 bits. The file is as strong as this. */
const LENGTH = 16

/** Bytes from here on would make the first letters likelier than the last. */
const FAIR = 256 - (256 % LETTERS.length)

/** Draws the password of a file. */
export function drawPassword(): string {
  let password = ''
  while (password.length < LENGTH) {
    const fair = crypto.getRandomValues(new Uint8Array(LENGTH)).filter((byte) => byte < FAIR)
    password += Array.from(fair, (byte) => LETTERS[byte % LETTERS.length]).join('')
  }
  return password.slice(0, LENGTH)
}
