import { IdentityError } from '../src/errors.ts'
import { encodeFrame, type Frame, FrameReader } from './frame.ts'
import { idOf, readMessage, type SignerMessage, type SignerReply, TO_SIGNER } from './message.ts'
import { SigningDesk } from './signing-desk.ts'

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
  const answer = answerer()
  process.stdin.on('data', (chunk: Uint8Array) => {
    try {
      for (const frame of reader.push(chunk)) answer(frame)
    } catch (error) {
      // The stream cannot be followed any further.
      reply(refusal(0, error))
      process.exit(1)
    }
  })
  process.stdin.on('end', () => process.exit(0))
  process.stdin.on('error', () => process.exit(0))
  process.stdout.on('error', () => process.exit(0))
}

/** Answers frames: the first must be `start`; where that fails the process is of no use. */
function answerer(): (frame: Frame) => void {
  let desk: SigningDesk | undefined
  return ({ head, body }) => {
    try {
      const message = readMessage(head, body.length)
      if (desk === undefined && message.type === 'start') desk = new SigningDesk(message)
      else if (desk === undefined || message.type === 'start') throw outOfTurn()
      const result = act(desk, message, body)
      reply({ id: message.id, ok: true, issuers: desk.issuers }, result)
    } catch (error) {
      reply(refusal(idOf(head), error))
      if (desk === undefined) process.exit(1)
    }
  }
}

function act(desk: SigningDesk, message: SignerMessage, body: Uint8Array): Uint8Array | undefined {
  switch (message.type) {
    case 'start':
    case 'status':
      return undefined
    case 'make-key':
      return desk.makeKey(message.issuer)
    case 'sign-certificate':
      return desk.signCertificate(message.issuer, message.profile, body, Date.now())
    case 'sign-list':
      return desk.signList(message.issuer, body, Date.now())
  }
}

function reply(head: SignerReply, body?: Uint8Array): void {
  for (const piece of encodeFrame(head, body)) if (piece.length > 0) process.stdout.write(piece)
}

/** Refusals of the bytes keep their sentence, but not their code: to the parent all of them are the signer's. */
function refusal(id: number, error: unknown): SignerReply {
  if (error instanceof IdentityError) {
    const code = error.code.startsWith('key-file-') ? error.code : 'signer-refused'
    return { id, ok: false, code, message: error.message }
  }
  process.stderr.write(`countersign-signer: ${error instanceof Error ? error.stack : String(error)}\n`)
  return { id, ok: false, code: 'signer-refused', message: 'The signer refused it; its log tells why.' }
}

function outOfTurn(): IdentityError {
  return new IdentityError('signer-refused', 'The first message to the signer is its start, and no other one is.')
}
