import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import t from 'tap'
import { decodePem, decodePemAll, encodePem } from '../../src/x509/pem.ts'
import { refusalOf } from './refusal.ts'

const LABEL = 'CERTIFICATE'
const der = Uint8Array.from({ length: 100 }, (_, i) => i)
const pem = encodePem(LABEL, der)

t.test('there and back', (t) => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 300 }),
      (bytes) => Buffer.compare(decodePem(encodePem(LABEL, bytes), LABEL), bytes) === 0,
    ),
  )
  t.same(decodePemAll(`${pem}\n${pem}`, LABEL), [der, der])
  t.same(decodePem(`\n ${pem.replaceAll('\n', '\r\n')}\r\n`, LABEL), der, 'other line ends')
  t.same(decodePem(pem.trimEnd(), LABEL), der, 'no line end at the end')
  t.throws(() => encodePem('certificate', der), TypeError)
  t.equal(
    refusalOf(() => decodePem(encodePem(LABEL, new Uint8Array()), LABEL)),
    'pem-malformed',
    'nothing is no DER',
  )
  t.end()
})

t.test('openssl writes the same', (t) => {
  const key = execFileSync(
    'openssl',
    ['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384', '-outform', 'DER'],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  )
  const said = execFileSync('openssl', ['pkcs8', '-topk8', '-nocrypt', '-inform', 'DER'], {
    input: key,
    encoding: 'utf8',
  })
  const again = execFileSync('openssl', ['pkcs8', '-topk8', '-nocrypt', '-outform', 'DER'], { input: said })
  t.equal(encodePem('PRIVATE KEY', again), said)
  t.end()
})

t.test('refused', (t) => {
  const lines = pem.split('\n')
  const cases: Readonly<Record<string, string>> = {
    'another label': encodePem('CERTIFICATE REQUEST', der),
    'a label that ends otherwise': pem.replace('END CERTIFICATE', 'END KEY'),
    'two blocks': pem + pem,
    'a text before': `subject=CN\n${pem}`,
    'a text behind': `${pem}end`,
    nothing: '',
    'no content': '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n',
    'a header': pem.replace('-----\n', '-----\nProc-Type: 4,ENCRYPTED\n\n'),
    'a short line in between': [lines[0], lines[1]!.slice(0, 60), lines[1]!.slice(60), ...lines.slice(2)].join('\n'),
    'a long line': pem.replace(`${lines[1]}\n`, lines[1]!),
    'wrong padding': pem.replace('=', ''),
    'bits behind the last octet': pem.replace('Yw==', 'Yx=='),
    'a letter that is no digit': pem.replace('A', '_'),
    'a space in a line': pem.replace('A', ' '),
    'a cut': pem.slice(0, -10),
    'very much': pem.repeat(1_000),
  }
  for (const [name, text] of Object.entries(cases))
    t.equal(
      refusalOf(() => decodePem(text, LABEL)),
      'pem-malformed',
      name,
    )
  t.equal(
    refusalOf(() => decodePem(encodePem(LABEL, new Uint8Array(200)), LABEL, 10)),
    'pem-malformed',
    'over the bound',
  )
  t.end()
})
