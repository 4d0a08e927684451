import { readFileSync } from 'node:fs'
import t from 'tap'
import {
  ISSUER_PURPOSES,
  LEAF_ISSUER,
  LIST_MAX_DAYS,
  PROFILE_NAMES,
  PROFILES,
  type Profile,
  type ProfileName,
  SERIAL_BYTES,
} from '../../ca/profiles.ts'

/** What a row of PROFILES.md binds to: its requirement, and the values between backticks. */
type Rule = readonly [requirement: string, ...values: string[]]
type Section = Record<string, Rule>

const SAN_FORM = {
  uuid: 'urn:uuid:<random UUID>',
  service: 'urn:countersign:site:<site>:service:<service>',
  admin: 'urn:countersign:admin:<32 random hex digits>',
  hosts: '<DNS names and IP addresses>',
} as const

const KEYS = { 'ec-p256': 'P-256', 'ec-p384': 'P-384', rsa: 'RSA', ed25519: 'Ed25519' } as const

const COMMON_FIELDS = [
  'version',
  'serialNumber',
  'signature',
  'issuer',
  'notBefore',
  'notAfter',
  'subject',
  'subjectPublicKeyInfo',
  'issuerUniqueID, subjectUniqueID',
  'subjectKeyIdentifier',
  'other extensions',
]

t.test('PROFILES.md and the table say the same of every profile', async (t) => {
  const page = readPage()
  const sections = Object.keys(page).filter((name) => name !== 'Common to all' && name !== 'Certificate lists')
  t.same(sections, [...PROFILE_NAMES], 'the same profiles')
  for (const name of PROFILE_NAMES) t.same(page[name], sectionOf(PROFILES[name]), name)
})

t.test('PROFILES.md tells the common fields and the lists', async (t) => {
  const page = readPage()
  t.same(Object.keys(page['Common to all'] ?? {}), COMMON_FIELDS)
  t.same(page['Common to all']?.serialNumber, ['MUST', String(SERIAL_BYTES)])
  for (const [issuer, days] of Object.entries(LIST_MAX_DAYS)) {
    t.same(page['Certificate lists']?.[`nextUpdate: ${issuer}`], ['MUST NOT exceed', String(days)])
  }
})

t.test('every row has an RFC section beside it', async (t) => {
  const rows = readText()
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| (---|field)/.test(line))
  t.ok(rows.length > 60)
  for (const row of rows) t.match(row, /https:\/\/www\.rfc-editor\.org\/rfc\/rfc\d+#section-[\d.]+/, row.slice(0, 60))
})

t.test('the table cannot be changed at run time', async (t) => {
  for (const value of [PROFILES, ISSUER_PURPOSES, LEAF_ISSUER, LIST_MAX_DAYS, ...Object.values(PROFILES)]) {
    t.ok(Object.isFrozen(value))
  }
  for (const profile of Object.values(PROFILES)) {
    for (const value of Object.values(profile))
      t.ok(typeof value !== 'object' || value === null || Object.isFrozen(value))
  }
})

t.test('each end-entity profile is signed by the issuer that the table names', async (t) => {
  for (const [name, issuer] of Object.entries(LEAF_ISSUER)) t.same(PROFILES[name as ProfileName].signedBy, [issuer])
})

function readText(): string {
  return readFileSync(new URL('../../ca/PROFILES.md', import.meta.url), 'utf8')
}

function readPage(): Record<string, Section> {
  const page: Record<string, Section> = {}
  for (const block of readText().split('\n## ').slice(1)) {
    const name = block.slice(0, block.indexOf('\n'))
    page[name] = Object.fromEntries(block.split('\n').filter(isRow).map(readRow))
  }
  return page
}

function isRow(line: string): boolean {
  return line.startsWith('| ') && !/^\| (---|field)/.test(line)
}

function readRow(line: string): [string, Rule] {
  const [, field = '', requirement = '', value = ''] = line.split('|').map((cell) => cell.trim())
  return [field, [requirement, ...Array.from(value.matchAll(/`([^`]*)`/g), (match) => match[1] ?? '')]]
}

/** The section that the table stands for. */
function sectionOf(profile: Profile): Section {
  return {
    'signed by': ['MUST', ...profile.signedBy],
    lifetime: ['MUST NOT exceed', String(profile.maxDays)],
    key: ['MUST', ...profile.keys.map((key) => KEYS[key])],
    keyUsage: ['MUST, critical', ...profile.keyUsage, ...profile.rsaKeyUsage],
    extendedKeyUsage: purposesOf(profile),
    basicConstraints: profile.pathLength === null ? ['MUST NOT'] : ['MUST, critical', 'CA', String(profile.pathLength)],
    subjectAltName: profile.alternativeName === null ? ['MUST NOT'] : ['MUST', SAN_FORM[profile.alternativeName]],
    authorityKeyIdentifier: [profile.pointers ? 'MUST' : 'MUST NOT'],
    authorityInfoAccess: profile.pointers ? ['MUST', '<pki url>/ca/<issuer>.cer'] : ['MUST NOT'],
    cRLDistributionPoints: profile.pointers ? ['MUST', '<pki url>/crl/<issuer>.crl'] : ['MUST NOT'],
  }
}

function purposesOf({ purposes }: Profile): Rule {
  if (purposes === null) return ['MUST NOT']
  if (purposes !== 'issuer') return ['MUST', ...purposes]
  return ['MUST', ...Object.entries(ISSUER_PURPOSES).flat(2)]
}
