import { createHash } from 'node:crypto'
import t from 'tap'
import {
  type ReadQuery,
  readBatch,
  readDerQuery,
  readFingerprintQuery,
  readJsonQuery,
  readSearch,
} from '../../../src/http/api/query.ts'
import { encodePem } from '../../../src/x509/pem.ts'
import { HOSTILE_RETURN_ADDRESSES } from '../../malformed/return-addresses.ts'

/** One SEQUENCE of exactly its length: all that is asked of a certificate here. */
const DER = Buffer.concat([Buffer.of(0x30, 0x82, 0x01, 0x00), Buffer.alloc(256, 5)])
const HASH = createHash('sha256').update(DER).digest('hex')
const BASE64 = DER.toString('base64')
const PEM = encodePem('CERTIFICATE', DER)
const NO_WISHES = { returnTo: undefined, maxAge: undefined }

t.test('the three forms of one question are the same question', async (t) => {
  for (const { query } of [readDerQuery(DER, ''), json({ certificate: BASE64 }), json({ certificate: PEM })]) {
    t.same(query, { fingerprint: HASH, ...NO_WISHES })
  }
  t.same(readFingerprintQuery(HASH, ''), {
    query: { fingerprint: HASH, ...NO_WISHES },
    certificate: undefined,
    trust: false,
  })
  t.same(json({ fingerprint: HASH }), {
    query: { fingerprint: HASH, ...NO_WISHES },
    certificate: undefined,
    trust: false,
  })
  t.same(json({ certificate: null }), {
    query: { fingerprint: null, ...NO_WISHES },
    certificate: undefined,
    trust: false,
  })
})

t.test('the certificate goes along for the alarm, byte for byte', async (t) => {
  for (const { certificate } of [readDerQuery(DER, ''), json({ certificate: BASE64 }), json({ certificate: PEM })]) {
    t.same(Buffer.from(certificate ?? []), DER)
  }
})

t.test(
  'wishes: in the address with DER and fingerprint, in the body with JSON; seconds become milliseconds',
  async (t) => {
    const wishes = { returnTo: 'https://shop.example/app?a=1&b=2', maxAge: 90_000 }
    const search = new URLSearchParams({ return_to: wishes.returnTo, max_age: '90' }).toString()
    t.match(readDerQuery(DER, search).query, wishes)
    t.match(readFingerprintQuery(HASH, search).query, wishes)
    t.match(json({ certificate: null, return_to: wishes.returnTo, max_age: 90 }).query, wishes)
    t.match(readDerQuery(DER, 'max_age=0').query, { returnTo: undefined, maxAge: 0 })
    t.match(json({ certificate: null, max_age: 315_360_000 }).query, { maxAge: 315_360_000_000 })
  },
)

t.test('a return address arrives as it was sent: it is judged elsewhere, never mended here', async (t) => {
  for (const address of HOSTILE_RETURN_ADDRESSES.filter(
    (address) => address.isWellFormed() && address.length < 4_096,
  )) {
    const search = new URLSearchParams({ return_to: address }).toString()
    if (readFingerprintQuery(HASH, search).query.returnTo !== address) t.fail(encodeURIComponent(address))
    if (json({ fingerprint: HASH, return_to: address }).query.returnTo !== address) t.fail(encodeURIComponent(address))
  }
  t.pass()
})

t.test('what is no fingerprint is refused', async (t) => {
  for (const text of [
    '',
    'batch',
    HASH.toUpperCase(),
    HASH.slice(1),
    `${HASH}0`,
    `${HASH}/`,
    `${HASH}%20`,
    ` ${HASH}`,
    `${HASH.slice(1)}g`,
    '__proto__',
  ]) {
    t.throws(() => readFingerprintQuery(text, ''), { code: 'query-invalid' }, text)
    t.throws(() => json({ fingerprint: text }), { code: 'query-invalid' }, text)
  }
})

t.test(
  'checks: names with commas in the address, a list too in JSON, in the order of the house and each once',
  async (t) => {
    for (const query of [
      readDerQuery(DER, 'checks=totp,passkey').query,
      readFingerprintQuery(HASH, 'max_age=60&checks=totp%2Cpasskey').query,
      readSearch('checks=passkey,totp,totp'),
      json({ certificate: null, checks: 'totp,passkey' }).query,
      json({ fingerprint: HASH, checks: ['totp', 'passkey'] }).query,
      batch([{ fingerprint: HASH, checks: ['totp', 'passkey'] }])[0]!.query,
    ])
      t.strictSame(query.checks, ['passkey', 'totp'])
    for (const search of [
      'checks=',
      'checks',
      'checks=face',
      'checks=totp,',
      'checks=,totp',
      'checks=TOTP',
      'checks=totp&checks=totp',
      'checks=__proto__',
    ])
      t.throws(() => readFingerprintQuery(HASH, search), { code: 'query-invalid' }, search)
    for (const checks of [[], '', ['face'], ['totp', 1], null, 1, {}, new Array(5).fill('totp')])
      t.throws(() => json({ fingerprint: HASH, checks }), { code: 'query-invalid' }, JSON.stringify(checks))
  },
)

t.test('a misspelled, doubled or wrong parameter of the address is refused', async (t) => {
  for (const search of [
    'max_age=30&max_age=30',
    'return_to=https%3A%2F%2Fa.example%2F&return_to=https%3A%2F%2Fb.example%2F',
    'maxage=30',
    'return-to=x',
    'max_age=30&x',
    '&=',
    'x',
    '%6dax_age=30&max_age=40',
    'max_age',
    'max_age=',
    'max_age=-1',
    'max_age=+30',
    'max_age=30.0',
    'max_age=3e1',
    'max_age=0x1e',
    'max_age=%2030',
    'max_age=٣٠',
    'max_age=Infinity',
    'max_age=315360001',
    'max_age=9999999999999999',
    '__proto__=1',
    'trust',
    'trust=',
    'trust=0',
    'trust=true',
    'trust=1&trust=1',
  ]) {
    t.throws(() => readFingerprintQuery(HASH, search), { code: 'query-invalid' }, search)
    t.throws(() => readDerQuery(DER, search), { code: 'query-invalid' }, search)
  }
})

t.test('trust is wanted in three forms, and left out where there is no place to tell it', async (t) => {
  for (const read of [
    readFingerprintQuery(HASH, 'trust=1'),
    readDerQuery(DER, 'trust=1&max_age=30'),
    json({ fingerprint: HASH, trust: true }),
    json({ certificate: BASE64, trust: true }),
  ]) {
    t.equal(read.trust, true)
    t.notHas(read.query, { trust: true }, 'the verdict does not follow from it')
  }
  t.equal(readFingerprintQuery(HASH, 'max_age=30').trust, false)
  t.equal(json({ fingerprint: HASH, trust: false }).trust, false)
  t.throws(() => json({ fingerprint: HASH, trust: 1 }), { code: 'query-invalid' })
  t.throws(() => readSearch('trust=1'), { code: 'query-invalid' }, 'a proxy')
  t.notHas(readSearch('max_age=30'), { trust: false })
})

t.test('with a JSON body nothing may stand in the address', async (t) => {
  t.throws(() => readJsonQuery(Buffer.from(JSON.stringify({ certificate: null })), 'max_age=30'), {
    code: 'query-invalid',
  })
  t.throws(() => readBatch(Buffer.from(JSON.stringify({ queries: [{ certificate: null }] })), 'x'), {
    code: 'query-invalid',
  })
})

t.test('exactly one of certificate and fingerprint, and nothing unknown', async (t) => {
  for (const body of [
    {},
    { certificate: BASE64, fingerprint: HASH },
    { certificate: null, fingerprint: HASH },
    { certificate: undefined },
    { fingerprint: null },
    { certificate: 5 },
    { certificate: [BASE64] },
    { certificate: { pem: PEM } },
    { fingerprint: HASH, returnTo: 'https://shop.example/' },
    { fingerprint: HASH, return_to: null },
    { fingerprint: HASH, return_to: ['https://shop.example/'] },
    { fingerprint: HASH, max_age: '30' },
    { fingerprint: HASH, max_age: 30.5 },
    { fingerprint: HASH, max_age: -1 },
    { fingerprint: HASH, max_age: 1e300 },
    { fingerprint: HASH, max_age: 315_360_001 },
    { fingerprint: HASH, max_age: null },
    [],
    [{ fingerprint: HASH }],
    'text',
    5,
    null,
    true,
  ]) {
    t.throws(() => json(body), { code: 'query-invalid' }, JSON.stringify(body))
  }
  t.throws(() => readJsonQuery(Buffer.from(`{"fingerprint":"${HASH}","__proto__":{"max_age":30}}`), ''), {
    code: 'query-invalid',
  })
})

t.test('what is no JSON in UTF-8 is refused', async (t) => {
  for (const body of [
    Buffer.alloc(0),
    Buffer.from('{'),
    Buffer.from('{"fingerprint":"\xff"}', 'latin1'),
    Buffer.from('\ufeff{}x'),
    Buffer.from("{'a':1}"),
    Buffer.from('['.repeat(60_000)),
    Buffer.from('{}{}'),
  ]) {
    t.throws(() => readJsonQuery(body, ''), { code: 'body-malformed' }, body.toString('latin1').slice(0, 20))
    t.throws(() => readBatch(body, ''), { code: 'body-malformed' })
  }
})

t.test('what is not one DER SEQUENCE of exactly its length is no certificate', async (t) => {
  const indefinite = Buffer.concat([Buffer.of(0x30, 0x80), DER.subarray(4), Buffer.of(0, 0)])
  for (const [what, der] of [
    ['nothing', Buffer.alloc(0)],
    ['one byte', DER.subarray(0, 1)],
    ['cut short', DER.subarray(0, -1)],
    ['a byte too many', Buffer.concat([DER, Buffer.of(0)])],
    ['two certificates', Buffer.concat([DER, DER])],
    ['a SET', Buffer.concat([Buffer.of(0x31), DER.subarray(1)])],
    ['indefinite length', indefinite],
    ['PEM', Buffer.from(PEM)],
  ] as const) {
    t.throws(() => readDerQuery(der, ''), { code: 'certificate-malformed' }, what)
    t.throws(() => json({ certificate: der.toString('base64') }), { code: 'certificate-malformed' }, what)
  }
})

t.test('a certificate as text has one spelling: PEM, or plain base64 without anything around it', async (t) => {
  for (const text of [
    '',
    ' ',
    `${BASE64}\n`,
    ` ${BASE64}`,
    BASE64.replace(/=+$/, ''),
    `${BASE64}=`,
    BASE64.replaceAll('/', '_').replaceAll('+', '-'),
    `data:;base64,${BASE64}`,
    DER.toString('hex'),
  ]) {
    if (text !== BASE64) t.throws(() => json({ certificate: text }), { code: 'certificate-malformed' }, text.slice(-12))
  }
  for (const text of [
    `${PEM}${PEM}`,
    PEM.replace('CERTIFICATE', 'PRIVATE KEY'),
    PEM.slice(0, -5),
    `-----BEGIN${PEM}`,
  ]) {
    t.throws(() => json({ certificate: text }), { code: /^(pem|certificate)-malformed$/ }, text.slice(0, 30))
  }
})

t.test('a batch: 1 to 1,000 questions in order, refused as a whole when one is not a question', async (t) => {
  const many = Array.from({ length: 1_000 }, (_, i) => ({ fingerprint: i.toString(16).padStart(64, '0') }))
  t.same(
    batch(many).map(({ query }) => query.fingerprint),
    many.map(({ fingerprint }) => fingerprint),
  )
  t.match(
    batch([{ certificate: BASE64 }, { certificate: null, max_age: 60 }]).map(({ query }) => query),
    [{ fingerprint: HASH }, { fingerprint: null, maxAge: 60_000 }],
  )
  for (const queries of [[], [...many, ...many.slice(0, 1)], [{ fingerprint: HASH }, {}], [null], {}, 'x', undefined]) {
    t.throws(() => batch(queries), { code: 'query-invalid' }, JSON.stringify(queries)?.slice(0, 40))
  }
  t.throws(() => readBatch(Buffer.from(JSON.stringify({ queries: many, more: 1 })), ''), { code: 'query-invalid' })
})

function json(body: unknown): ReadQuery {
  return readJsonQuery(Buffer.from(JSON.stringify(body)), '')
}

function batch(queries: unknown): readonly ReadQuery[] {
  return readBatch(Buffer.from(JSON.stringify({ queries })), '')
}
