import { X509Certificate } from 'node:crypto'
import t from 'tap'
import { renderAppleProfile, signAppleProfile } from '../../../src/http/portal/apple-profile.ts'
import { decodePem } from '../../../src/x509/pem.ts'
import { openHouse } from '../../domain/house.ts'
import { Bench } from '../../x509/tools.ts'
import { HOST, makeIdentity } from '../visitor.ts'

const bench = new Bench()
t.teardown(() => bench.close())

const FILE = Buffer.from('an encrypted file')
const PARTS = { host: 'id.example', root: Buffer.from('root'), issuer: Buffer.from('issuer') }

t.test('a property list with the file and the certificates above it, and no password', async (t) => {
  const label = 'Zoë’s <b>&"phone"</b>'
  const xml = renderAppleProfile({ fingerprint: 'ab'.repeat(32), label, file: FILE }, PARTS)
  const read = (format: string) =>
    bench.run(
      'python3',
      '-c',
      `import plistlib,json,sys;p=plistlib.loads(open(sys.argv[1],"rb").read());${format}`,
      path,
    )
  const path = bench.file('profile.plist', xml)
  const { ok, text } = read(
    'print(json.dumps({"all":[{k:(v.decode() if isinstance(v,bytes) else v) for k,v in c.items()} for c in p["PayloadContent"]],"own":{k:v for k,v in p.items() if k!="PayloadContent"}}))',
  )
  t.ok(ok, text)
  const { all, own } = JSON.parse(text)
  t.match(own, { PayloadType: 'Configuration', PayloadDisplayName: label, PayloadVersion: 1 })
  t.match(own.PayloadIdentifier, /^example\.id\.countersign\.(?:ab){8}$/)
  t.match(all, [
    { PayloadType: 'com.apple.security.root', PayloadContent: 'root' },
    { PayloadType: 'com.apple.security.pkcs1', PayloadContent: 'issuer' },
    { PayloadType: 'com.apple.security.pkcs12', PayloadContent: 'an encrypted file', PayloadDisplayName: label },
  ])
  const uuids = [own, ...all].map(({ PayloadUUID }) => PayloadUUID)
  for (const uuid of uuids) t.match(uuid, /^[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}$/)
  t.equal(new Set(uuids).size, 4)
  t.notMatch(xml, /<key>Password<\/key>/)
  t.equal(
    renderAppleProfile({ fingerprint: 'ab'.repeat(32), label, file: FILE }, PARTS),
    xml,
    'brought in twice, there is one',
  )
})

t.test('signed by the listener itself: openssl verifies it up to the root', async (t) => {
  const house = await openHouse(t)
  const identity = await makeIdentity(house)
  const signed = signAppleProfile('<plist/>', identity, house.clock.now())
  const file = bench.file('signed.mobileconfig', signed)
  const root = bench.file('root.pem', house.authority.issuers.root.pem)
  const said = bench.run('openssl', 'cms', '-verify', '-inform', 'DER', '-in', file, '-CAfile', root, '-purpose', 'any')
  t.ok(said.ok, said.text)
  t.match(said.text, '<plist/>')
  const signer = bench.run(
    'openssl',
    'cms',
    '-verify',
    '-noverify',
    '-inform',
    'DER',
    '-in',
    file,
    '-signer',
    `${file}.pem`,
  )
  t.ok(signer.ok)
  const leaf = new X509Certificate(Buffer.from(bench.read('signed.mobileconfig.pem')))
  t.match(leaf.subject, HOST)
  t.same(
    new Uint8Array(leaf.raw),
    decodePem(identity.cert.split(/(?<=-----END CERTIFICATE-----\n)/)[0]!, 'CERTIFICATE'),
  )
})
