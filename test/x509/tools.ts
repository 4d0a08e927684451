import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodePem } from '../../src/x509/pem.ts'

/** What another program said. */
export interface Said {
  readonly ok: boolean
  readonly text: string
}

/** A folder of its own for the files that other programs read, and those programs. */
export class Bench {
  readonly #folder = mkdtempSync(join(tmpdir(), 'x509-'))

  /** Writes a file and returns its path. */
  file(name: string, content: Uint8Array | string): string {
    const path = join(this.#folder, name)
    writeFileSync(path, content)
    return path
  }

  read(name: string): Uint8Array {
    return new Uint8Array(readFileSync(join(this.#folder, name)))
  }

  pem(name: string, label: string, der: Uint8Array): string {
    return this.file(name, encodePem(label, der))
  }

  run(program: string, ...args: readonly string[]): Said {
    const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', input: '' })
    if (error) throw error
    return { ok: status === 0, text: stdout + stderr }
  }

  /** Makes an empty NSS database and returns its name. */
  nss(): string {
    const name = `sql:${mkdtempSync(join(this.#folder, 'nss-'))}`
    this.run('certutil', '-N', '-d', name, '--empty-password')
    return name
  }

  close(): void {
    rmSync(this.#folder, { recursive: true })
  }
}
