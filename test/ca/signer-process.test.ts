import { chmodSync, existsSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { startSigner } from '../../ca/signer-process.ts'
import { makeAuthority } from './authority.ts'
import { leafTbs } from './forgery.ts'
import { until } from './until.ts'

const { authority, directory, passphraseFile, startSigner: startOwn } = await makeAuthority(t.testdir())
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }

t.test('many requests at once are each answered with their own signature', async (t) => {
  const signer = await startOwn()
  t.teardown(() => signer.close())
  const signatures = await Promise.all(
    Array.from({ length: 100 }, () => signer.signCertificate('browser', 'browser', leafTbs(authority, 'browser'))),
  )
  t.equal(new Set(signatures.map((one) => Buffer.from(one).toString('hex'))).size, 100)
  t.same(await signer.status(), ['browser', 'api', 'internal'])
  await t.rejects(signer.makeKey('api'), { code: 'signer-refused' })
  await t.rejects(signer.signCertificate('browser', 'api', leafTbs(authority, 'browser')), { code: 'signer-refused' })
})

t.test('a crash is signer-unavailable, and a new signer comes by itself', async (t) => {
  const errors: object[] = []
  const log = { ...quiet, error: (fields: object) => errors.push(fields) }
  const signer = await startSigner({ directory, passphraseFile, issuers: ['browser'], log })
  t.teardown(() => signer.close())
  const first = signer.pid as number
  process.kill(first, 'SIGSTOP')
  const pending = signer.signCertificate('browser', 'browser', leafTbs(authority, 'browser'))
  process.kill(first, 'SIGKILL')
  await t.rejects(pending, { code: 'signer-unavailable' }, 'what was asked')
  await t.rejects(signer.status(), { code: 'signer-unavailable' }, 'what is asked meanwhile')
  await until(() => signer.pid !== undefined && signer.pid !== first)
  t.ok((await signer.signCertificate('browser', 'browser', leafTbs(authority, 'browser'))).length > 0)
  t.equal(errors.length, 1, 'the operator is told')
})

t.test('it is tried again as long as the keys cannot be opened', async (t) => {
  const errors: { code?: string }[] = []
  const log = { ...quiet, error: (fields: object) => errors.push(fields) }
  const away = `${passphraseFile}.away`
  const signer = await startSigner({ directory, passphraseFile, issuers: ['api'], log })
  t.teardown(() => signer.close())
  renameSync(passphraseFile, away)
  process.kill(signer.pid as number, 'SIGKILL')
  await until(() => errors.some(({ code }) => code === 'key-file-unreadable'))
  renameSync(away, passphraseFile)
  await until(() => signer.pid !== undefined)
  t.same(await signer.status(), ['api'])
})

t.test('closing is for ever, also in the middle of a new start', async (t) => {
  const signer = await startSigner({ directory, passphraseFile, issuers: ['api'], log: quiet })
  const { pid } = signer
  await signer.close()
  t.notOk(existsSync(`/proc/${pid}`))
  await t.rejects(signer.status(), { code: 'signer-unavailable' })

  const crashed = await startSigner({ directory, passphraseFile, issuers: ['api'], log: quiet })
  process.kill(crashed.pid as number, 'SIGKILL')
  await until(() => crashed.pid === undefined)
  await crashed.close()
  t.equal(crashed.pid, undefined)
})

t.test('keys that cannot be opened tell why at the start', async (t) => {
  const start = (change: object) => startSigner({ directory, passphraseFile, issuers: ['browser'], ...change })
  const key = join(directory, 'browser.key')
  chmodSync(key, 0o644)
  await t.rejects(start({}), { code: 'key-file-unsafe' })
  chmodSync(key, 0o600)
  await t.rejects(start({ passphraseFile: join(directory, 'none') }), { code: 'key-file-unreadable' })
  await t.rejects(start({ passphraseFile: key }), { code: 'key-file-unreadable' }, 'a wrong passphrase')
  await t.rejects(start({ issuers: ['root'] }), { code: 'signer-refused' })
})

t.test('a parent that is killed takes its signer along', async (t) => {
  const { spawn } = await import('node:child_process')
  const script = `
    import { startSigner } from ${JSON.stringify(new URL('../../ca/signer-process.ts', import.meta.url).href)}
    const signer = await startSigner(${JSON.stringify({ directory, passphraseFile, issuers: ['api'] })})
    process.stdout.write(String(signer.pid))`
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [pid] = await new Promise<Buffer[]>((resolve) =>
    parent.stdout.once('data', (...chunks: Buffer[]) => resolve(chunks)),
  )
  t.match(readFileSync(`/proc/${pid}/comm`, 'utf8'), /^countersign-sig/)
  parent.kill('SIGKILL')
  await until(() => !existsSync(`/proc/${pid}`))
  t.pass('it has ended')
})
