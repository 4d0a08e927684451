import { spawn } from 'node:child_process'
import { ended } from './cli.ts'
import { eventually } from './eventually.ts'
import type { TestService } from './service.ts'

/** Where `openssl s_client` goes, as whom, and what it does there. */
export interface Visit {
  readonly listener: 'api' | 'portal' | 'signon' | 'admin'
  /** a sample identity of the home */
  readonly identity?: 'site' | 'browser' | 'admin'
  readonly options?: readonly string[]
  /** what is typed once the handshake is over */
  readonly type?: string
  /** the visit ends when it has said this, or when the server ends it */
  readonly until: RegExp
}

/** Runs `openssl s_client`. @returns all that it said */
export async function sClient(service: TestService, { listener, identity, options = [], type, until }: Visit) {
  const { host, hostname } = new URL(service.address(listener))
  const file = (name: string) => `${service.home}/${identity}/${name}`
  const own = identity ? ['-cert', file('cert.pem'), '-key', file('key.pem')] : []
  const anchor = ['-CAfile', `${service.home}/root.pem`, '-verify_return_error']
  const args = ['s_client', '-connect', host, '-servername', hostname, ...anchor, ...own, ...options]
  const child = spawn('openssl', args, { stdio: 'pipe' })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      said += chunk
    })
  child.stdin.on('error', () => {})
  const over = () => child.exitCode !== null
  if (type !== undefined) {
    await eventually(
      () => over() || /Verify return code/.test(said),
      (ready) => ready,
    )
    child.stdin.write(type)
  }
  await eventually(
    () => over() || until.test(said),
    (ready) => ready,
  )
  child.kill()
  await ended(child)
  return said
}
