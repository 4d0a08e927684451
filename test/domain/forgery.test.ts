import { generateKeyPairSync, sign } from 'node:crypto'
import t from 'tap'
import { createForgeryAlarm } from '../../src/domain/forgery.ts'
import type { Store } from '../../src/domain/store.ts'
import { assembleCertificate, parseCertificate } from '../../src/x509/certificate.ts'
import { fingerprint } from '../../src/x509/thumbprint.ts'
import { makeIssuance } from '../ca/issuance.ts'
import { NOW } from './verdict-state.ts'

const { authority, issue, signer } = await makeIssuance(t.testdir())
t.teardown(() => signer.close())
const api = (await issue('api')).der
const browser = (await issue('browser')).der
const { browser: b, api: a, internal: i } = authority.issuers
const issuerKeys = { browser: b.spki, api: a.spki, internal: i.spki }

t.test('a certificate that our key signed is told and audited, once, under the key that signed it', async (t) => {
  const { suspect, told, noted } = open()
  for (let times = 0; times < 3; times++) suspect(browser)
  suspect(api)
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

t.test('what another key signed is nothing to us, however much it looks like ours', async (t) => {
  const { suspect, told } = open()
  const { tbs } = parseCertificate(browser)
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  suspect(assembleCertificate(tbs, 'ecdsa-sha256', sign('sha256', tbs, privateKey)))
  for (const bytes of [
    new Uint8Array(),
    Buffer.of(0x30, 0),
    browser.subarray(0, -1),
    Buffer.concat([browser, Buffer.of(0)]),
    authority.issuers.root.der,
  ])
    suspect(bytes)
  const altered = Buffer.from(browser)
  altered[altered.length - 1]! ^= 1
  suspect(altered)
  t.same(told, [])
})

t.test('a stranger cannot make us look at more than a few a second', async (t) => {
  const { suspect, told, clock } = open()
  for (let i = 0; i < 1_000; i++) suspect(Buffer.of(0x30, 0))
  suspect(browser)
  t.same(told, [])
  clock.time += 1_000
  suspect(browser)
  t.equal(told.length, 1)
})

t.test('a row that could not be written is written when the certificate is shown again', async (t) => {
  const { suspect, noted, store } = open()
  store.down = true
  suspect(browser)
  await new Promise(setImmediate)
  t.equal(noted.length, 0)
  store.down = false
  suspect(browser)
  t.equal(noted.length, 1)
})

function open() {
  const clock = { time: NOW, now: () => clock.time }
  const told: (readonly [string, string])[] = []
  const noted: object[] = []
  const store = {
    down: false,
    async run(_name: string, event: object) {
      if (store.down) throw new Error('down')
      noted.push(event)
    },
  }
  const suspect = createForgeryAlarm({
    store: store as unknown as Pick<Store, 'run'>,
    clock,
    issuerKeys,
    alarm: (...alarm) => told.push(alarm),
  })
  return { suspect, told, noted, clock, store }
}
