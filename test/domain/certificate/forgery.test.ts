import { generateKeyPairSync, sign } from 'node:crypto'
import t from 'tap'
import type { CertificateRecord } from '../../../src/domain/certificate/certificate.ts'
import { createForgeryAlarm } from '../../../src/domain/certificate/forgery.ts'
import type { Hex } from '../../../src/domain/hex.ts'
import type { Store } from '../../../src/domain/store.ts'
import { assembleCertificate, parseCertificate } from '../../../src/x509/certificate.ts'
import { readDer } from '../../../src/x509/der.ts'
import { integer, sequence } from '../../../src/x509/der-writer.ts'
import { fingerprint } from '../../../src/x509/thumbprint.ts'
import { makeIssuance } from '../../ca/issuance.ts'
import { NOW } from '../verdict-state.ts'

/** https://www.rfc-editor.org/rfc/rfc5903#section-3.1 */
const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

const { authority, issue, signer } = await makeIssuance(t.testdir())
t.teardown(() => signer.close())
const api = (await issue('api')).der
const browser = (await issue('browser')).der
const { browser: b, api: a, internal: i } = authority.issuers
const issuerKeys = { browser: b.spki, api: a.spki, internal: i.spki }

t.test('a certificate that our key signed is told and audited, once, under the key that signed it', async (t) => {
  const { show, told, noted } = open()
  for (let times = 0; times < 3; times++) await show(browser)
  await show(api)
  t.same(told, [
    [fingerprint(browser), 'browser'],
    [fingerprint(api), 'api'],
  ])
  t.match(noted, [
    {
      at: NOW,
      actor: 'service:countersign',
      action: 'certificate-forged',
      object: fingerprint(browser),
      detail: { issuer: 'browser' },
    },
    { object: fingerprint(api) },
  ])
  t.equal(noted.length, 2)
})

t.test(
  'a certificate that the table holds is no forgery, though no verdict knows it: a service’s, an operator’s',
  async (t) => {
    const { show, told, noted, rewritten, table } = open()
    for (const profile of ['api', 'admin', 'tls-server'] as const) {
      const { der } = await issue(profile)
      table.set(fingerprint(der), recordOf(der))
      await show(der)
      await show(der)
    }
    t.same([told, noted, rewritten], [[], [], []])
    const gone = (await issue('api')).der
    table.set(fingerprint(gone), recordOf(gone))
    await show(gone)
    table.delete(fingerprint(gone))
    await show(gone)
    t.match(told, [[fingerprint(gone), 'api']], 'and is one as soon as the table lacks it')
  },
)

t.test('a certificate of ours whose signature was rewritten is no forgery: whoever saw it can do that', async (t) => {
  const { show, told, noted, rewritten, table } = open()
  table.set(fingerprint(browser), recordOf(browser))
  const twin = withTwinSignature(browser)
  await show(twin)
  await show(twin)
  t.same([told, noted], [[], []])
  t.same(rewritten, [[fingerprint(twin), fingerprint(browser)]])
  table.delete(fingerprint(browser))
  table.set(fingerprint(api), recordOf(api, serialOf(browser)))
  const { show: showAgain, told: toldAgain } = open(table)
  await showAgain(browser)
  t.match(toldAgain, [[fingerprint(browser), 'browser']], 'the same serial over other bytes is one')
})

t.test('what another key signed is nothing to us, however much it looks like ours', async (t) => {
  const { show, told } = open()
  const { tbs } = parseCertificate(browser)
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  await show(assembleCertificate(tbs, 'ecdsa-sha256', sign('sha256', tbs, privateKey)))
  for (const bytes of [
    new Uint8Array(),
    Buffer.of(0x30, 0),
    browser.subarray(0, -1),
    Buffer.concat([browser, Buffer.of(0)]),
    authority.issuers.root.der,
  ])
    await show(bytes)
  const altered = Buffer.from(browser)
  altered[altered.length - 1]! ^= 1
  await show(altered)
  t.same(told, [])
})

t.test('a stranger cannot make us look at more than a few a second', async (t) => {
  const { suspect, show, told, clock } = open()
  for (let i = 0; i < 1_000; i++) suspect(Buffer.of(0x30, 0))
  await show(browser)
  t.same(told, [])
  clock.time += 1_000
  await show(browser)
  t.equal(told.length, 1)
})

t.test(
  'a store that cannot be asked, or cannot take the row, is tried again when the certificate is shown again',
  async (t) => {
    const { show, told, noted, store, complaints } = open()
    store.down = 'asking'
    await show(browser)
    t.same([told.length, noted.length, complaints.length], [0, 0, 1])
    store.down = 'writing'
    await show(browser)
    t.same([told.length, noted.length, complaints.length], [1, 0, 2])
    store.down = undefined
    await show(browser)
    t.same([told.length, noted.length, complaints.length], [2, 1, 2])
  },
)

function open(table = new Map<Hex, CertificateRecord>()) {
  const clock = { time: NOW, now: () => clock.time }
  const told: (readonly [string, string])[] = []
  const rewritten: (readonly [string, string])[] = []
  const noted: object[] = []
  const complaints: unknown[] = []
  const store = { down: undefined as 'asking' | 'writing' | undefined }
  const ask = <T>(answer: T): T => {
    if (store.down === 'asking') throw new Error('down')
    return answer
  }
  const suspect = createForgeryAlarm({
    store: {
      certificate: (hash) => ask(table.get(hash)),
      certificateBySerial: (serial) => ask([...table.values()].find((record) => record.serial === serial)),
      run: (async (_name: string, event: object) => {
        if (store.down === 'writing') throw new Error('down')
        noted.push(event)
      }) as unknown as Store['run'],
    },
    clock,
    issuerKeys,
    alarm: (...alarm) => told.push(alarm),
    rewritten: (...pair) => rewritten.push(pair),
    complain: (error) => complaints.push(error),
  })
  const show = async (der: Uint8Array): Promise<void> => {
    suspect(der)
    await new Promise(setImmediate)
  }
  return { suspect, show, told, rewritten, noted, complaints, clock, store, table }
}

function recordOf(der: Uint8Array, serial = serialOf(der)): CertificateRecord {
  return { fingerprint: fingerprint(der), serial, der } as CertificateRecord
}

function serialOf(der: Uint8Array): string {
  return Buffer.from(parseCertificate(der).serial).toString('hex')
}

/** The same certificate with s replaced by n - s, which is as good a signature, and needs no key. */
function withTwinSignature(der: Uint8Array): Uint8Array {
  const { tbs, signature } = parseCertificate(der)
  const [r, s] = readDer(signature, (reader) => reader.sequence((inner) => [inner.integer(), inner.integer()] as const))
  const other = (P256_ORDER - BigInt(`0x${Buffer.from(s).toString('hex')}`)).toString(16).padStart(64, '0')
  return assembleCertificate(tbs, 'ecdsa-sha256', sequence(integer(unsigned(r)), integer(Buffer.from(other, 'hex'))))
}

function unsigned(content: Uint8Array): Uint8Array {
  return content[0] === 0 ? content.subarray(1) : content
}
