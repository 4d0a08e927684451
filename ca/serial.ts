import { SERIAL_BYTES } from './profiles.ts'

/**
 * A serial number, clear of the sign bit and never shortened by zeros in front: 126 bits of it are random.
 * https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.2
 */
export function drawSerial(random: (bytes: number) => Uint8Array): Uint8Array {
  const serial = Uint8Array.from(random(SERIAL_BYTES))
  serial[0] = (serial[0]! & 0x3f) | 0x40
  return serial
}
