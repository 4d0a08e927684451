import { IdentityError } from '../src/errors.ts'
import { encodeFrame, type Frame } from './frame.ts'
import { idOf, readMessage, type SignerMessage } from './message.ts'
import { SigningDesk } from './signing-desk.ts'

/** What one parent says and is answered. The first message must be `start`; where that fails, nothing follows. */
export class SignerSession {
  #desk: SigningDesk | undefined

  get started(): boolean {
    return this.#desk !== undefined
  }

  /** @returns the pieces of the answer, never none */
  answer({ head, body }: Frame): readonly Uint8Array[] {
    try {
      const message = readMessage(head, body.length)
      const { id } = message
      if ((message.type === 'start') === this.started) throw outOfTurn()
      if (message.type === 'start') this.#desk = new SigningDesk(message)
      const desk = this.#desk as SigningDesk
      const made = act(desk, message, body)
      return made ? encodeFrame({ id, ok: true }, made) : encodeFrame({ id, ok: true, issuers: desk.issuers })
    } catch (error) {
      return refuse(idOf(head), error)
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

/** Refusals of the bytes keep their sentence, but not their code: to the parent all of them are the signer's. */
export function refuse(id: number, error: unknown): readonly Uint8Array[] {
  if (error instanceof IdentityError) {
    const code = error.code.startsWith('key-file-') ? error.code : 'signer-refused'
    return encodeFrame({ id, ok: false, code, message: error.message })
  }
  process.stderr.write(`countersign-signer: ${error instanceof Error ? error.stack : String(error)}\n`)
  return encodeFrame({ id, ok: false, code: 'signer-refused', message: 'The signer refused it; its log tells why.' })
}

function outOfTurn(): IdentityError {
  return new IdentityError('signer-refused', 'The first message to the signer is its start, and no other one is.')
}
