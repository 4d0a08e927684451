import { makeOwnRequest } from '../src/x509/own-request.ts'
import { Child } from './child.ts'
import type { Figures, Telling } from './figures.ts'
import { type Home, inFolder, makeHome } from './home.ts'
import type { IssueLimit } from './issue-limit.ts'
import { Load } from './load.ts'
import { compare, describe, figure } from './rounds.ts'
import { Service } from './service.ts'

/** Each with a key of its own; they come around again, since a key may be certified anew. */
const REQUESTS = 4_000
const CONNECTIONS = 48

/**
 * Certificates per CPU-second of server, signer and writer thread: over mutual TLS by the admin listener, each stored
 * before it is signed, completed, and audited; against a loop that only imports the key, verifies and signs.
 */
export function benchIssue({ print }: Telling): Promise<Figures> {
  return inFolder(async (folder) => {
    const home = await makeHome(folder)
    const requests = Array.from({ length: REQUESTS }, () => makeOwnRequest().request)
    const service = await Service.start(home)
    const limit = Child.start(new URL('./issue-limit.ts', import.meta.url))
    const load = new Load()
    try {
      await limit.ask({ requests } satisfies IssueLimit)
      const issue = await load.aim(target(home, service, requests))
      const result = await compare(
        { pid: service.pid, run: issue },
        { pid: limit.pid, run: () => limit.ask<number>({ requests: undefined }) },
      )
      print(describe('certificates issued', ['service', 'limit'], result))
      return { ratio: figure(result.ratio) }
    } finally {
      load.stop()
      limit.stop()
      await service.stop()
    }
  })
}

function target(home: Home, service: Service, requests: readonly Uint8Array[]) {
  const bodies = requests.map((request) =>
    JSON.stringify({ site: 'shop', service: 'web', request: Buffer.from(request).toString('base64') }),
  )
  return {
    port: service.port('admin'),
    root: home.root,
    identity: home.operator,
    connections: CONNECTIONS,
    questions: { kind: 'issue', bodies },
  } as const
}
