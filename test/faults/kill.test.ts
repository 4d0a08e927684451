import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { publishList } from '../../ca/list.ts'
import { type HomeWithAuthority, withAuthority } from '../../scripts/authority.ts'
import { verifyChain } from '../../src/domain/audit/audit-chain.ts'
import { createIssuance } from '../../src/domain/certificate/issuance.ts'
import type { Hex } from '../../src/domain/hex.ts'
import { readAuditHead } from '../../src/store/audit-head.ts'
import { parseCertList } from '../../src/x509/crl.ts'
import { fingerprint } from '../../src/x509/thumbprint.ts'
import { eventually } from '../e2e/eventually.ts'
import { bundleWorker, type Ground, layGround, SITE } from './ground.ts'
import { Life, type Step } from './life.ts'
import { Acknowledged, ISSUERS, Pressure, serialOf } from './pressure.ts'

const LIVES = 160
/** In every so manieth life the signer is killed before the whole. */
const SIGNER_DIES_IN = 4
const KILLS = LIVES + LIVES / SIGNER_DIES_IN
/** The steps behind which a request can be killed. */
const WINDOWS = ['reserved', 'signed', 'completed', 'revoked'] as const
/** A life is killed when it has taken a random step so many times at most, and a random moment later, ms. */
const MOST_TIMES = 8
const LONGEST_MOMENT = 6

t.test(`killed at ${KILLS} random moments of issuing and revoking`, async (t) => {
  const ground = await layGround(t)
  const history = await liveAndDie(t, await bundleWorker(t), ground)
  fellEverywhere(t, history)
  await withAuthority(async (home) => {
    // Nobody who waits for a signature waits for a minute; whatever is unfinished then is ended.
    const later = { now: () => Date.now() + 61_000 }
    const abandoned = await createIssuance({ ...home, clock: later }).recoverUnfinished()
    t.ok(abandoned >= history.reserved, `${abandoned} reservations were ended`)
    await t.test('no certificate is outside the table', (t) => nothingOutside(t, home, history))
    await t.test('nothing that was acknowledged is lost', (t) => nothingLost(t, home, history))
    await t.test('the audit chain is sound', (t) => auditSound(t, home))
    await t.test('the revocation list names all that it must', (t) => listComplete(t, home, history))
  }, ground.config)
})

/** What all lives together did, and between which two steps of theirs they were killed. */
interface History {
  readonly acknowledged: Acknowledged
  /** every signature that was ever made, DER */
  readonly signatures: Uint8Array[]
  reserved: number
  signed: number
  completed: number
  revoked: number
}

async function liveAndDie(t: Test, program: string, ground: Ground): Promise<History> {
  const acknowledged = new Acknowledged()
  const history: History = { acknowledged, signatures: [], reserved: 0, signed: 0, completed: 0, revoked: 0 }
  const wishes = { home: ground.config.home, port: ground.port, identity: ground.server }
  const signers: number[] = []
  let signersKilled = 0
  let refused = 0
  let next = new Life(program, wishes)
  for (let number = 1; number <= LIVES; number++) {
    const life = next
    const signer = await life.serve()
    signers.push(signer)
    // the next one loads while this one lives
    next = new Life(program, wishes)
    const pressure = new Pressure({ ...ground, address: `https://localhost:${ground.port}`, site: SITE }, acknowledged)
    await remembers(t, pressure, acknowledged)
    await randomMoment(life)
    if (number % SIGNER_DIES_IN === 0) {
      await killSigner(signer, acknowledged)
      await randomMoment(life)
      signersKilled += 1
    }
    await life.kill()
    await pressure.stop()
    refused += pressure.withoutSigner
    takeDown(history, life.told)
  }
  await next.kill()
  t.comment(`${acknowledged.issued.size} issued, ${acknowledged.revoked.size} revoked, ${signersKilled} signers killed`)
  t.ok(refused > 0, `${refused} requests were refused for want of a signer`)
  await eventually(
    () => signers.filter(isAlive),
    (alive) => alive.length === 0,
  )
  t.pass('no signer outlived its parent')
  return history
}

/** Kills that fell into no window have proven nothing. */
function fellEverywhere(t: Test, history: History): void {
  for (const window of WINDOWS)
    t.ok(history[window] >= LIVES / 10, `${history[window]} requests were killed behind the step "${window}"`)
}

/** The newest things that the lives before were heard to say are still so. */
async function remembers(t: Test, pressure: Pressure, { issued, revoked }: Acknowledged): Promise<void> {
  for (const of of [...revoked].slice(-2)) {
    const { json } = await pressure.look(of)
    if (json.status !== 'revoked') t.fail('a revocation was forgotten', { json })
  }
  for (const of of [...issued.keys()].slice(-1)) {
    const { status } = await pressure.look(of)
    if (status !== 200) t.fail('a certificate was forgotten', { of })
  }
}

async function randomMoment(life: Life): Promise<void> {
  await life.takes(WINDOWS[randomInt(WINDOWS.length)]!, 1 + randomInt(MOST_TIMES))
  await pause(Math.random() * LONGEST_MOMENT)
}

/** Kills the signer alone; certificates come again by themselves. */
async function killSigner(signer: number, { issued }: Acknowledged): Promise<void> {
  process.kill(signer, 'SIGKILL')
  // as many may be on their way that were signed before
  const before = issued.size + ISSUERS
  await eventually(
    () => issued.size,
    (now) => now > before,
  )
}

/** Which step each unfinished request had taken last. */
function takeDown(history: History, told: readonly Step[]): void {
  const { acknowledged, signatures } = history
  const last = new Map<Hex, 'reserved' | 'signed' | 'completed'>()
  for (const step of told) {
    if (step.step === 'signed') signatures.push(Buffer.from(step.der, 'base64'))
    if (step.step === 'revoked' && !acknowledged.revoked.has(step.fingerprint)) history.revoked += 1
    if ('serial' in step && !acknowledged.serials.has(step.serial)) last.set(step.serial, step.step)
  }
  for (const step of last.values()) history[step] += 1
}

async function nothingOutside(t: Test, home: HomeWithAuthority, history: History): Promise<void> {
  const listed = new Set((await home.store.revoked('api', BEFORE_ALL, EVERY, Date.now())).map(({ serial }) => serial))
  const unfinished = await notInTable(home, history)
  t.ok(unfinished.length > 0, `${unfinished.length} were signed and never finished`)
  t.strictSame(
    unfinished.filter((serial) => !listed.has(serial)),
    [],
    'their serials are revoked',
  )
}

/** Serials of what was seen anywhere, in an answer or a signature, and is not in the table. */
async function notInTable(
  { store }: HomeWithAuthority,
  { signatures, acknowledged }: History,
): Promise<readonly Hex[]> {
  const outside: Hex[] = []
  for (const der of [...signatures, ...acknowledged.issued.values()]) {
    const record = await store.certificate(fingerprint(der))
    if (!record || !Buffer.from(record.der).equals(der)) outside.push(serialOf(der))
  }
  return outside
}

async function nothingLost(t: Test, { store }: HomeWithAuthority, { acknowledged }: History): Promise<void> {
  const { issued, revoked, perhapsRevoked } = acknowledged
  const lost: unknown[] = []
  for (const of of issued.keys()) {
    const status = (await store.certificate(of))?.status
    const right = revoked.has(of) ? status === 'revoked' : status === 'active' || perhapsRevoked.has(of)
    if (!status || !right) lost.push({ of, status })
  }
  t.strictSame(lost, [], 'certificates are there, and revoked ones are revoked')
}

async function auditSound(t: Test, { store, keyring, config }: HomeWithAuthority): Promise<void> {
  const head = readAuditHead(join(config.home, 'audit.head'), keyring)
  t.match(await verifyChain(keyring.audit, (after) => store.auditRows(after, 1_000), [head]), { sound: true })
}

async function listComplete(t: Test, home: HomeWithAuthority, history: History): Promise<void> {
  await publishList({ ...home, clock: { now: () => Date.now() } }, 'api', new AbortController().signal)
  const list = await home.store.revocationList('api')
  const listed = new Set(parseCertList(list!.der).entries.map(({ serial }) => Buffer.from(serial).toString('hex')))
  const { issued, revoked, good } = history.acknowledged
  const withdrawn = [...revoked].map((of) => serialOf(issued.get(of)!))
  const unfinished = await notInTable(home, history)
  t.strictSame(
    [...withdrawn, ...unfinished].filter((serial) => !listed.has(serial)),
    [],
    'what was revoked, and what was signed and never finished',
  )
  t.notOk(
    good.some((of) => listed.has(serialOf(issued.get(of)!))),
    'and nothing that is good',
  )
}

const BEFORE_ALL = '00'.repeat(16)
const EVERY = 1_000_000

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
