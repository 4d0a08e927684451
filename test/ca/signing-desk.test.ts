import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { StartMessage } from '../../ca/message.ts'
import { drawSerial } from '../../ca/serial.ts'
import { SigningDesk } from '../../ca/signing-desk.ts'
import { buildTbs, type CertificateParts, encodeCommonName, type IssuerIdentity, type Kind } from '../../ca/tbs.ts'
import { keyIdentifier } from '../../src/x509/key-identifier.ts'
import { makeAuthority } from './authority.ts'
import { leafTbs, listTbs } from './forgery.ts'
import { makeKeyPair, spkiOf } from './request.ts'

const SECOND = 1_000
const DAY = 86_400 * SECOND
const PKI_URL = 'http://pki.example'

/** A desk in a ceremony that has just begun, with a root and the key of the browser issuer. */
function openCeremony(home: string) {
  const directory = join(home, 'ca')
  mkdirSync(directory)
  const passphraseFile = join(home, 'passphrase')
  writeFileSync(passphraseFile, 'a passphrase of the tests', { mode: 0o600 })
  const desk = new SigningDesk(startOf(directory, passphraseFile, { issuers: [], ceremony: true }))
  const root = identity('root', desk.makeKey('root'))
  const browser = identity('browser', desk.makeKey('browser'))
  return { desk, root, browser }
}

function startOf(directory: string, passphraseFile: string, change: Partial<StartMessage>): StartMessage {
  return { type: 'start', id: 1, directory, passphraseFile, issuers: ['browser'], ceremony: false, ...change }
}

const NOT_BEFORE = Math.floor(Date.now() / SECOND) * SECOND
const NOT_AFTER = NOT_BEFORE + 3652 * DAY - SECOND

function identity(issuer: 'root' | 'browser', spki: Uint8Array): IssuerIdentity {
  const subject = encodeCommonName(`The ${issuer}`)
  return { issuer, subject, spki, keyIdentifier: keyIdentifier(spki), notAfter: NOT_AFTER, pkiUrl: PKI_URL }
}

function authorityTbs(
  kind: Kind,
  signedBy: IssuerIdentity,
  spki: Uint8Array,
  change: Partial<CertificateParts> = {},
): Uint8Array {
  return buildTbs(kind, signedBy, {
    serial: drawSerial((bytes) => new Uint8Array(bytes).fill(7)),
    notBefore: NOT_BEFORE,
    notAfter: NOT_AFTER,
    commonName: kind.profile === 'root' ? 'The root' : 'The browser',
    spki,
    alternativeNames: [],
    ...change,
  })
}

const ISSUING = { profile: 'issuing', role: 'browser' } as const
const TWIN = { profile: 'twin', role: 'browser' } as const

t.test('in a ceremony root, issuing CA and twin are signed, each after the one before', async (t) => {
  const { desk, root, browser } = openCeremony(t.testdir())
  const now = Date.now()
  const issuing = authorityTbs(ISSUING, root, browser.spki)
  const twin = authorityTbs(TWIN, browser, browser.spki)
  t.throws(() => desk.signCertificate('root', 'issuing', issuing, now), { code: 'signer-refused' }, 'no root yet')
  t.throws(() => desk.signList('root', listTbs(root), now), { code: 'signer-refused' }, 'no root yet')
  t.ok(desk.signCertificate('root', 'root', authorityTbs({ profile: 'root' }, root, root.spki), now).length > 0)
  t.throws(() => desk.signCertificate('browser', 'twin', twin, now), { code: 'signer-refused' }, 'no issuing CA yet')
  t.ok(desk.signCertificate('root', 'issuing', issuing, now).length > 0)
  t.ok(desk.signCertificate('browser', 'twin', twin, now).length > 0)
  t.ok(desk.signList('root', listTbs(root), now).length > 0)
  t.same(desk.issuers, ['root', 'browser'])
})

t.test('even in a ceremony there is no authority but those whose keys are here', async (t) => {
  const { desk, root, browser } = openCeremony(t.testdir())
  const now = Date.now()
  desk.signCertificate('root', 'root', authorityTbs({ profile: 'root' }, root, root.spki), now)
  desk.signCertificate('root', 'issuing', authorityTbs(ISSUING, root, browser.spki), now)
  const foreign = spkiOf(makeKeyPair())
  const issuers = { root, browser, api: browser, internal: browser }
  const elsewhere = { ...root, pkiUrl: 'https://elsewhere.example' }
  const cases: readonly [string, 'root' | 'browser', 'root' | 'issuing' | 'twin' | 'browser', Uint8Array][] = [
    ['a foreign key as issuing CA', 'root', 'issuing', authorityTbs(ISSUING, root, foreign)],
    ['a foreign key as twin', 'browser', 'twin', authorityTbs(TWIN, browser, foreign)],
    ['a foreign key as root', 'root', 'root', authorityTbs({ profile: 'root' }, root, foreign)],
    ["the root's key as issuing CA", 'root', 'issuing', authorityTbs(ISSUING, root, root.spki)],
    ["another role's purposes", 'root', 'issuing', authorityTbs({ ...ISSUING, role: 'internal' }, root, browser.spki)],
    ['an issuing CA by an issuing CA', 'browser', 'issuing', authorityTbs(ISSUING, browser, browser.spki)],
    ['a twin by the root', 'root', 'twin', authorityTbs(TWIN, root, browser.spki)],
    ['a twin of another name', 'browser', 'twin', authorityTbs(TWIN, browser, browser.spki, { commonName: 'Another' })],
    ['a root by an issuing CA', 'browser', 'root', authorityTbs({ profile: 'root' }, browser, browser.spki)],
    [
      'an issuing CA that is to last longer',
      'root',
      'issuing',
      authorityTbs(ISSUING, root, browser.spki, { notAfter: NOT_AFTER + SECOND }),
    ],
    [
      'a root of more than ten years',
      'root',
      'root',
      authorityTbs({ profile: 'root' }, root, root.spki, { notAfter: NOT_AFTER + SECOND }),
    ],
    ['addresses that are no plain http', 'root', 'issuing', authorityTbs(ISSUING, elsewhere, browser.spki)],
    [
      'an end-entity certificate by the root',
      'root',
      'browser',
      leafTbs({ issuers } as never, 'browser', { notAfter: NOT_BEFORE + DAY }, root),
    ],
  ]
  for (const [name, issuer, profile, tbs] of cases) {
    t.throws(() => desk.signCertificate(issuer, profile, tbs, now), { name: 'IdentityError' }, name)
  }
})

t.test('a key file is made once', async (t) => {
  const { desk } = openCeremony(t.testdir())
  t.throws(() => desk.makeKey('root'), { code: 'key-file-unsafe' })
})

t.test('keys open with their passphrase and their own certificate alone', async (t) => {
  const home = t.testdir()
  const { authority, directory, passphraseFile } = await makeAuthority(home)
  const wrong = join(home, 'wrong')
  writeFileSync(wrong, 'another passphrase of the tests', { mode: 0o600 })
  t.throws(() => new SigningDesk(startOf(directory, wrong, {})), { code: 'key-file-unreadable' })
  t.throws(() => new SigningDesk(startOf(directory, passphraseFile, { issuers: ['root'] })), { code: 'signer-refused' })
  t.same(new SigningDesk(startOf(directory, passphraseFile, {})).issuers, ['browser'])
  writeFileSync(join(directory, 'browser.pem'), authority.issuers.api.pem)
  t.throws(() => new SigningDesk(startOf(directory, passphraseFile, {})), { code: 'key-file-unreadable' })
})

t.test('outside a ceremony nothing of a ceremony is done', async (t) => {
  const { authority, directory, passphraseFile } = await makeAuthority(t.testdir())
  const desk = new SigningDesk(startOf(directory, passphraseFile, {}))
  t.throws(() => desk.makeKey('root'), { code: 'signer-refused' })
  const { browser } = authority.issuers
  const twin = authorityTbs(TWIN, browser, browser.spki, { commonName: browser.commonName, notAfter: browser.notAfter })
  t.throws(() => desk.signCertificate('browser', 'twin', twin, Date.now()), { code: 'signer-refused' })
  t.ok(desk.signCertificate('browser', 'browser', leafTbs(authority, 'browser'), Date.now()).length > 0)
  t.ok(desk.signList('browser', listTbs(browser), Date.now()).length > 0)
})
