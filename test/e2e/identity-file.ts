import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import type { Device } from './device.ts'
import type { TestService } from './service.ts'

/** What locks the identity files of these tests. */
export const FILE_PASSWORD = 'only-in-tests'

/** A device's key and certificate in one file, as browsers take it in. @returns its path */
export function identityFile({ home }: TestService, { cert, key }: Device, name: string): string {
  const file = join(home, `${name}.p12`)
  const args = ['pkcs12', '-export', '-out', file, '-passout', `pass:${FILE_PASSWORD}`, '-name', name]
  execFileSync('openssl', args, { input: key + cert, stdio: ['pipe', 'ignore', 'pipe'] })
  return file
}
