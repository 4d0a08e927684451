import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { Test } from 'tap'

/** What falls silent: the connection on which one side alone has been speaking, or every one, also those to come. */
export type Silenced = 'stream' | 'everything'

/** A piece of network that can go silent: nothing arrives any more, and nobody is told of an end. */
export interface Relay {
  readonly port: number
  /** @returns how many connections have been silenced */
  silence(which: Silenced): number
}

interface Line {
  /** what arrived from the far end since the near one last spoke, in pieces */
  unasked: number
  silent: boolean
}

/** Answers have two pieces or three; a stream of events has four in a second. */
const A_STREAM = 6

/** @param target port on the loopback to which all is relayed */
export async function startRelay(t: Test, target: number): Promise<Relay> {
  const lines = new Set<Line>()
  const sockets = new Set<Socket>()
  let allSilent = false
  const server = createServer((near) => {
    const line: Line = { unasked: 0, silent: allSilent }
    lines.add(line)
    const far = connect(target, '127.0.0.1')
    carry(near, far, line, () => {
      line.unasked = 0
    })
    carry(far, near, line, () => {
      line.unasked += 1
    })
    for (const socket of [near, far]) sockets.add(socket.once('close', () => sockets.delete(socket)))
    near.once('close', () => lines.delete(line))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return {
    port: (server.address() as AddressInfo).port,
    silence(which) {
      allSilent ||= which === 'everything'
      const chosen = [...lines].filter((line) => allSilent || line.unasked >= A_STREAM)
      for (const line of chosen) line.silent = true
      return chosen.length
    },
  }
}

function carry(from: Socket, to: Socket, line: Line, heard: () => void): void {
  from.on('error', () => {})
  from.on('data', (piece) => {
    heard()
    if (!line.silent) to.write(piece)
  })
  from.once('close', () => {
    if (!line.silent) to.destroy()
  })
}
