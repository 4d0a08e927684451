import { execFile, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { environment, ROOT } from './cli.ts'
import { enroll, validate } from './device.ts'
import { MANY_GUESSES, openScene } from './scene.ts'
import { emptyFolder } from './started-site.ts'

interface Language {
  /** the tool that is needed, and how it tells that it is there */
  readonly tool: readonly [name: string, ...args: string[]]
  /** what is run once before */
  readonly build?: (out: string) => readonly string[]
  readonly run: (out: string) => readonly string[]
}

const example = (...path: readonly string[]): string => join(ROOT, 'examples', ...path)

const LANGUAGES: Readonly<Record<string, Language>> = {
  Python: { tool: ['python3', '--version'], run: () => ['python3', example('python', 'ask.py')] },
  Go: {
    tool: ['go', 'version'],
    build: (out) => ['go', 'build', '-o', join(out, 'ask'), example('go', 'ask.go')],
    run: (out) => [join(out, 'ask')],
  },
  Java: {
    tool: ['javac', '-version'],
    build: (out) => ['javac', '-d', out, example('java', 'Ask.java')],
    // a program of one second needs no second compiler
    run: (out) => ['java', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-cp', out, 'Ask'],
  },
}

t.test('a verdict with the standard library of another language', async (whole) => {
  const { service, inside, site } = await openScene(whole, MANY_GUESSES)
  const [good, held, stale] = [
    await enroll(service, inside),
    await enroll(service, inside),
    await enroll(service, inside),
  ]
  for (const device of [good, held]) await validate(service, site, device)
  await service.administer(`/${held.fingerprint}/hold`)
  const { json } = await site.byFingerprint(good.fingerprint)
  const answers = {
    [good.fingerprint]: [0, new RegExp(`^valid ${json.subject}\n$`)],
    [stale.fingerprint]: [0, /^needs-revalidation https:.*\/revalidate\/.*\n$/],
    [held.fingerprint]: [0, /^revoked certificate-hold\n$/],
    ['0'.repeat(64)]: [0, /^missing unknown\n$/],
    nonsense: [1, /^$/],
  } as const
  const asks = new Map<string, Ask>()
  for (const [name, language] of Object.entries(LANGUAGES)) {
    await whole.test(name, { skip: missing(language) }, async (t) => {
      const ask = await prepare(whole, language)
      asks.set(name, ask)
      for (const [fingerprint, [code, stdout]] of Object.entries(answers))
        t.match(await ask(join(service.home, 'site'), service.address('api'), fingerprint), { code, stdout })
      t.match(
        await ask(join(service.home, 'browser'), service.address('api'), good.fingerprint),
        { code: 1, stdout: '' },
        'a certificate of another kind gets no verdict',
      )
    })
  }
  await service.kill()
  for (const [name, ask] of asks)
    whole.match(
      await ask(join(service.home, 'site'), service.address('api'), good.fingerprint),
      { code: 1, stdout: '' },
      `${name}: the service is down, and nobody is signed in`,
    )
})

/** @returns exit code and standard output */
type Ask = (...args: readonly string[]) => Promise<{ readonly code: number; readonly stdout: string }>

async function prepare(t: Test, { build, run }: Language): Promise<Ask> {
  const out = emptyFolder(t)
  const env = environment({ GOCACHE: join(out, 'cache'), GO111MODULE: 'off' })
  const start = ([program, ...args]: readonly string[]) =>
    new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      execFile(program!, args, { env }, (error, stdout, stderr) => {
        resolve({ code: error ? Number(error.code ?? -1) : 0, stdout, stderr })
      })
    })
  if (build) {
    const { code, stderr } = await start(build(out))
    if (code !== 0) throw new Error(stderr)
  }
  return (...args) => start([...run(out), ...args])
}

/** `npm test` installs them, but not where it may not. */
function missing({ tool: [name, ...args] }: Language): string | false {
  return spawnSync(name, args, { stdio: 'ignore' }).status === 0 ? false : `this machine has no ${name}`
}
