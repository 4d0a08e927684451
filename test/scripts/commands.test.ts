import {
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { packageManifest } from '../../scripts/package-place.ts'
import { makeOwnRequest } from '../../src/x509/own-request.ts'
import { encodePem } from '../../src/x509/pem.ts'
import { type CommandPlace, countersign, type Json } from '../e2e/cli.ts'

/** A home that `ca init` has just made, without a server. */
async function initiated(t: Test): Promise<{ place: CommandPlace; home: string }> {
  const home = mkdtempSync(join(tmpdir(), 'countersign-commands-'))
  t.teardown(() => rmSync(home, { recursive: true, force: true }))
  const place = { settings: { COUNTERSIGN_HOME: home } }
  const made = await countersign(place, 'ca', 'init', '--json')
  t.equal(made.code, 0, made.stderr)
  return { place, home }
}

/** What a command answers under --json. */
async function answered(t: Test, place: CommandPlace, ...args: readonly string[]): Promise<Json> {
  const { code, stderr, data } = await countersign(place, ...args, '--json')
  t.equal(code, 0, stderr)
  return data
}

/** Refused: exit 1, nothing on standard output, a sentence on standard error and no stack. */
async function refused(t: Test, place: CommandPlace, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await countersign(place, ...args, '--json')
  t.equal(code, 1, `${args.join(' ')} is refused`)
  t.equal(stdout, '')
  t.match(stderr, /^[A-Z"].*[.\n]/)
  t.notMatch(stderr, /\n\s+at /)
  return stderr
}

t.test('the operator’s whole day', async (t) => {
  const { place, home } = await initiated(t)

  await t.test('ca', async (t) => {
    await refused(t, place, 'ca', 'init')
    const { issuers } = await answered(t, place, 'ca', 'status')
    t.strictSame(
      (issuers as Json[]).map(({ issuer, key }) => [issuer, key]),
      [
        ['root', true],
        ['browser', true],
        ['api', true],
        ['internal', true],
      ],
    )
    const first = await answered(t, place, 'ca', 'crl')
    const second = await answered(t, place, 'ca', 'crl')
    t.ok(Number(second.number) > Number(first.number), 'the numbers of the root’s lists grow')
    const [root, away] = [join(home, 'ca', 'root.key'), join(home, 'away.key')]
    renameSync(root, away)
    t.match(await refused(t, place, 'ca', 'crl'), `back to ${root}`, 'and what there is to do')
    renameSync(away, root)
    for (const secret of ['seal.key', 'passphrase', 'ca/root.key', 'ca/browser.key']) {
      t.equal(statSync(join(home, secret)).mode & 0o777, 0o600, `${secret} is closed to others`)
    }
  })

  await t.test('site', async (t) => {
    const added = await answered(
      t,
      place,
      'site',
      'add',
      'shop',
      '--return-to',
      'https://shop.example/in',
      'https://shop.example/two',
      '--checks',
      'totp',
    )
    t.match(added, {
      name: 'shop',
      return_to: ['https://shop.example/in', 'https://shop.example/two'],
      checks: ['totp'],
    })
    await refused(t, place, 'site', 'add', 'shop', '--return-to', 'https://shop.example/')
    await refused(t, place, 'site', 'add', 'Shop', '--return-to', 'https://shop.example/')
    await refused(t, place, 'site', 'add', 'other', '--return-to', 'http://shop.example/')
    await refused(t, place, 'site', 'add', 'other', '--return-to', 'https://shop.example/', '--checks', 'smell')
    const { sites } = await answered(t, place, 'site', 'list')
    t.strictSame(
      (sites as Json[]).map(({ name }) => name),
      ['shop'],
    )
  })

  await t.test('site cert: with a key made here, and for a key made elsewhere', async (t) => {
    const folder = join(home, 'web')
    const made = await answered(t, place, 'site', 'cert', 'shop', 'web', '--out', folder)
    t.match(made, { profile: 'api', fingerprint: /^[0-9a-f]{64}$/, files: { cert: join(folder, 'cert.pem') } })
    t.equal(statSync(join(folder, 'key.pem')).mode & 0o777, 0o600)
    await refused(t, place, 'site', 'cert', 'shop', 'web', '--out', folder)
    await refused(t, place, 'site', 'cert', 'shop', 'web')
    await refused(t, place, 'site', 'cert', 'nobody', 'web', '--out', join(home, 'nobody'))
    t.notOk(existsSync(join(home, 'nobody')), 'a refusal leaves no files')

    const csr = join(home, 'batch.csr')
    writeFileSync(csr, encodePem('CERTIFICATE REQUEST', makeOwnRequest().request))
    const signed = await answered(t, place, 'site', 'cert', 'shop', 'batch', '--csr', csr)
    t.match(
      readFileSync(String((signed.files as Json).cert), 'utf8'),
      /BEGIN CERTIFICATE[\s\S]+BEGIN CERTIFICATE/,
      'leaf and chain',
    )
    await refused(t, place, 'site', 'cert', 'shop', 'batch', '--csr', join(home, 'missing.csr'))
    const { certificates } = await answered(t, place, 'site', 'show', 'shop')
    t.strictSame(new Set((certificates as Json[]).map(({ service }) => service)), new Set(['web', 'batch']))
  })

  await t.test('cert', async (t) => {
    const csr = join(home, 'admin.csr')
    writeFileSync(csr, encodePem('CERTIFICATE REQUEST', makeOwnRequest().request))
    const { fingerprint } = await answered(t, place, 'cert', 'issue', '--profile', 'admin', '--csr', csr)
    const hash = String(fingerprint)
    await refused(t, place, 'cert', 'issue', '--profile', 'browser', '--csr', csr)
    await refused(t, place, 'cert', 'issue', '--profile', 'tls-server', '--csr', csr)
    t.match(await answered(t, place, 'cert', 'show', hash), {
      profile: 'admin',
      status: 'active',
      pem: /BEGIN CERTIFICATE/,
    })
    t.match(await answered(t, place, 'cert', 'hold', hash), { status: 'held' })
    t.match(await answered(t, place, 'cert', 'release', hash), { status: 'active' })
    await refused(t, place, 'cert', 'release', hash)
    t.match(await answered(t, place, 'cert', 'revoke', hash, '--reason', 'superseded'), {
      status: 'revoked',
      reason: 'superseded',
    })
    await refused(t, place, 'cert', 'release', hash)
    await refused(t, place, 'cert', 'hold', hash)
    await refused(t, place, 'cert', 'revoke', hash, '--reason', 'certificate-hold')
    await refused(t, place, 'cert', 'revoke', 'f'.repeat(64))
    await refused(t, place, 'cert', 'show', 'nonsense')
    const { certificates } = await answered(t, place, 'cert', 'list', '--status', 'revoked')
    t.strictSame(
      (certificates as Json[]).map((one) => one.fingerprint),
      [hash],
    )
  })

  await t.test('invite', async (t) => {
    const { url, expires_at: end } = await answered(t, place, 'invite', '--label', 'Laptop')
    t.match(url, /^https:\/\/localhost:8444\/enroll\/[\w-]{43}$/)
    t.ok(Date.parse(String(end)) > Date.now() + 23 * 3_600_000, 'it is good for a day')
    const { certificates } = await answered(t, place, 'cert', 'list', '--profile', 'admin')
    const [nobodys] = (certificates as Json[]).map(({ fingerprint }) => String(fingerprint))
    for (const whose of [nobodys!, 'f'.repeat(64), 'nonsense']) await refused(t, place, 'invite', '--for', whose)
    await refused(t, place, 'invite', '--return-to', 'https://nobody.example/')
  })

  await t.test('site rights', async (t) => {
    const granted = join(place.settings.COUNTERSIGN_HOME ?? '', 'proxy')
    await answered(t, place, 'site', 'cert', 'shop', 'proxy', '--out', granted, '--right', 'forward-auth')
    t.match(await answered(t, place, 'site', 'show', 'shop'), { rights: { proxy: ['forward-auth'] } })
    await refused(t, place, 'site', 'rights', 'shop', 'proxy', 'everything')
    t.match(await answered(t, place, 'site', 'rights', 'shop', 'proxy'), { rights: [] })
    t.strictSame((await answered(t, place, 'site', 'show', 'shop')).rights, {})
  })

  await t.test('site remove revokes what its services hold', async (t) => {
    await answered(t, place, 'site', 'remove', 'shop')
    await refused(t, place, 'site', 'show', 'shop')
    const { certificates } = await answered(t, place, 'cert', 'list', '--profile', 'api')
    t.strictSame(
      new Set((certificates as Json[]).map(({ status, reason }) => `${status} ${reason}`)),
      new Set(['revoked cessation-of-operation']),
    )
  })

  await t.test('audit tells all of it, and is whole', async (t) => {
    const { rows } = await answered(t, place, 'audit', 'list', '--limit', '1000')
    const actions = new Set((rows as Json[]).map(({ action }) => action))
    for (const action of [
      'site-added',
      'site-removed',
      'certificate-issued',
      'certificate-held',
      'certificate-released',
      'certificate-revoked',
      'invitation-made',
    ]) {
      t.ok(actions.has(action), action)
    }
    const { rows: newest } = await answered(t, place, 'audit', 'list', '--last', '2')
    t.strictSame(newest, (rows as Json[]).slice(-2))
    t.match(await answered(t, place, 'audit', 'verify'), {
      sound: true,
      rows: (rows as Json[]).length,
      head_file: (rows as Json[]).length,
    })
  })
})

t.test('usage errors exit 2 and point to the help', async (t) => {
  const place = { settings: { COUNTERSIGN_HOME: tmpdir() } }
  for (const args of [
    ['nonsense'],
    ['site', 'add'],
    ['cert', 'revoke'],
    ['invite', '--labell', 'x'],
    ['audit', 'list', '--limit', 'many'],
    ['cert', 'list', '--limit', '0'],
  ]) {
    const { code, stderr } = await countersign(place, ...args)
    t.equal(code, 2, args.join(' '))
    t.match(stderr, /--help/)
  }
})

t.test('its version, and that of the Node it runs on', async (t) => {
  const { code, stdout } = await countersign({ settings: {} }, '--version')
  t.equal(code, 0)
  t.equal(stdout.trim(), `countersign ${packageManifest().version}, Node ${process.versions.node}`)
})

t.test('every command has --json and an example in its help', async (t) => {
  const commands = await allCommands()
  t.ok(commands.length > 20)
  for (const { name, help } of commands) {
    t.match(help, /--json/, name)
    t.match(help, /Example:\s+npx countersign /, name)
  }
})

interface CommandHelp {
  readonly name: string
  readonly help: string
}

/** Whatever the help leads to, group by group. */
async function allCommands(...group: readonly string[]): Promise<readonly CommandHelp[]> {
  const { code, stdout } = await countersign({ settings: {} }, ...group, '--help')
  if (code !== 0) throw new Error(`${group.join(' ')} --help ended with ${code}`)
  const names = Array.from(stdout.split('\nCommands:\n')[1]?.matchAll(/^ {2}([a-z]+)/gm) ?? [], ([, name]) => name!)
  const members = names.filter((name) => name !== 'help')
  if (members.length === 0) return [{ name: group.join(' '), help: stdout }]
  return (await Promise.all(members.map((name) => allCommands(...group, name)))).flat()
}

t.test('every misconfiguration is told at once, with the nearest name', async (t) => {
  const { code, stderr } = await countersign(
    {
      settings: {
        COUNTERSIGN_HOME: tmpdir(),
        COUNTERSIGN_WORKER: '2',
        COUNTERSIGN_STORE: 'mysql://x',
        COUNTERSIGN_API_LISTEN: 'everywhere',
        COUNTERSIGN_SIGNON_URL: 'https://elsewhere.example',
        COUNTERSIGN_OPS_LISTEN: '0.0.0.0:1',
      },
    },
    'site',
    'list',
  )
  t.equal(code, 1)
  for (const name of [
    'COUNTERSIGN_WORKERS',
    'COUNTERSIGN_STORE',
    'COUNTERSIGN_API_LISTEN',
    'COUNTERSIGN_SIGNON_URL',
    'COUNTERSIGN_OPS_LISTEN',
  ])
    t.ok(stderr.includes(name), name)
})

t.test('without COUNTERSIGN_HOME: the certs-dev of this folder, which is said; else it is asked for', async (t) => {
  const { home } = await initiated(t)
  const cwd = mkdtempSync(join(tmpdir(), 'countersign-cwd-'))
  t.teardown(() => rmSync(cwd, { recursive: true, force: true }))
  const without = await countersign({ settings: {}, cwd }, 'site', 'list')
  t.equal(without.code, 1)
  t.match(without.stderr, /COUNTERSIGN_HOME/)
  symlinkSync(home, join(cwd, 'certs-dev'))
  const within = await countersign({ settings: {}, cwd }, 'site', 'list')
  t.equal(within.code, 0, within.stderr)
  t.match(within.stderr, /certs-dev/)
})
