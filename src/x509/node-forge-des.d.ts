/** The part of node-forge that is used; its published types know the whole only, which would be 80 kB in a page. */
declare module 'node-forge/lib/des.js' {
  interface Algorithm<Mode> {
    readonly mode: Mode
    /** @param options.key a character for each octet */
    initialize(options: { readonly key: string }): void
  }
  interface Cipher {
    /** a block is two halves of 32 bits */
    encrypt(input: [number, number], output: [number, number]): void
  }
  const des: {
    readonly Algorithm: new <Mode>(
      name: '3DES',
      mode: new (options: { readonly cipher: Cipher }) => Mode,
    ) => Algorithm<Mode>
  }
  export = des
}
