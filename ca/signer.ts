import { type Frame, FrameReader } from './frame.ts'
import { TO_SIGNER } from './message.ts'
import { refuse, SignerSession } from './session.ts'

// The signer process: the only one that opens a key. It hears its parent by stdin, answers by stdout, and ends with it.

refuseTerminal()
lockDown()
serveParent()

function refuseTerminal(): void {
  if (!process.stdin.isTTY && !process.stdout.isTTY) return
  process.stderr.write('The signer speaks to its parent alone. Run "countersign serve", which starts it.\n')
  process.exit(1)
}

function lockDown(): void {
  process.title = 'countersign-signer'
  process.umask(0o077)
  // A terminal's Ctrl-C and a service manager's stop reach the whole group; the parent still drains and needs signatures.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
}

function serveParent(): void {
  const reader = new FrameReader(TO_SIGNER)
  const session = new SignerSession()
  process.stdin.on('data', (chunk: Uint8Array) => {
    let frames: Frame[]
    try {
      frames = reader.push(chunk)
    } catch (error) {
      // The stream cannot be followed any further.
      say(refuse(0, error))
      process.exit(1)
    }
    // One write for all that arrived together.
    say(frames.flatMap((frame) => session.answer(frame)))
    if (frames.length > 0 && !session.started) process.exit(1)
  })
  process.stdin.on('end', () => process.exit(0))
  process.stdin.on('error', () => process.exit(0))
  process.stdout.on('error', () => process.exit(0))
}

function say(pieces: readonly Uint8Array[]): void {
  if (pieces.length > 0) process.stdout.write(Buffer.concat(pieces))
}
