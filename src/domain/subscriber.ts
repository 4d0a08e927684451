import type { Hex } from './hex.ts'

/** The person whose browsers hold certificates. Nothing personal is kept but what the owner types as labels. */
export interface Subscriber {
  readonly id: Hex
  /** epoch ms */
  readonly createdAt: number
}

/** One browser or phone of a subscriber. */
export interface Device {
  readonly id: Hex
  readonly subscriberId: Hex
  readonly label: string
  /** the owner's wish to be asked at every sign-in */
  readonly askEveryTime: boolean
  /** epoch ms */
  readonly createdAt: number
}
