import { parentPort } from 'node:worker_threads'
import { IdentityError } from '../src/errors.ts'
import { type FromPress, press, type ToPress } from './list-bytes.ts'

// A million entries are copied, hashed and verified here, off the event loop that answers requests.

parentPort?.on('message', (order: ToPress) => {
  const answer = answered(order)
  const handedOver = 'bytes' in answer ? [answer.bytes.buffer as ArrayBuffer] : []
  parentPort?.postMessage(answer, handedOver)
})

function answered(order: ToPress): FromPress {
  try {
    return { bytes: press(order) }
  } catch (error) {
    const code = error instanceof IdentityError && error.code === 'profile-violation' ? error.code : 'internal'
    return { refused: { code, message: error instanceof Error ? error.message : String(error) } }
  }
}
