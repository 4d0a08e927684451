import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { SignerLink, signerFlags } from '../../ca/signer-link.ts'
import { makeAuthority } from './authority.ts'
import { leafTbs } from './forgery.ts'

const { authority, directory, passphraseFile } = await makeAuthority(t.testdir())
const OPTIONS = { directory, passphraseFile, issuers: ['browser'] } as const

t.test('one life: opened, asked, closed', async (t) => {
  const link = await SignerLink.open(OPTIONS)
  const request = { type: 'sign-certificate', issuer: 'browser', profile: 'browser' } as const
  const [signed, refused] = await Promise.allSettled([
    link.ask(request, leafTbs(authority, 'browser')),
    link.ask(request, leafTbs(authority, 'api')),
  ])
  t.match(signed, { status: 'fulfilled', value: { ok: true } })
  t.match(refused, { status: 'rejected', reason: { code: 'signer-refused' } })
  await link.close()
  await link.ended
  await t.rejects(link.ask({ type: 'status' }), { code: 'signer-unavailable' })
})

t.test('what is asked when it dies is rejected', async (t) => {
  const link = await SignerLink.open(OPTIONS)
  process.kill(link.pid as number, 'SIGSTOP')
  const asked = link.ask({ type: 'status' })
  process.kill(link.pid as number, 'SIGKILL')
  await t.rejects(asked, { code: 'signer-unavailable' })
  await link.ended
})

t.test('Node itself takes writing, children and workers from it; a ceremony may write in its folder', async (t) => {
  const script = `
    const tries = {
      read: () => require('fs').readFileSync(${JSON.stringify(passphraseFile)}),
      inside: () => require('fs').writeFileSync(${JSON.stringify(join(directory, 'probe'))}, ''),
      outside: () => require('fs').writeFileSync(${JSON.stringify(`${passphraseFile}.probe`)}, ''),
      child: () => { if (require('child_process').spawnSync('true').status !== 0) throw new Error() },
      worker: () => new (require('worker_threads').Worker)('', { eval: true }),
    }
    const can = Object.keys(tries).filter((name) => { try { tries[name](); return true } catch { return false } })
    process.stdout.write(can.join())`
  const allowed = (flags: readonly string[]) =>
    spawnSync(process.execPath, [...flags, '-e', script], { env: {}, encoding: 'utf8' }).stdout
  t.equal(allowed([]), 'read,inside,outside,child,worker', 'the probe itself')
  t.equal(allowed(signerFlags({ directory })), 'read')
  t.equal(allowed(signerFlags({ directory, ceremony: true })), 'read,inside')
})

t.test("nothing of the parent's environment and arguments is seen in it", async (t) => {
  const link = await SignerLink.open(OPTIONS)
  t.equal(readFileSync(`/proc/${link.pid}/environ`, 'utf8'), '')
  t.notMatch(readFileSync(`/proc/${link.pid}/cmdline`, 'utf8'), passphraseFile)
  await link.close()
})

t.test('a start that fails leaves no process', async (t) => {
  await t.rejects(SignerLink.open({ ...OPTIONS, passphraseFile: '/nonexistent' }), { code: 'key-file-unreadable' })
})
