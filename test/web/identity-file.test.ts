import { createPrivateKey, X509Certificate } from 'node:crypto'
import { connect, createServer } from 'node:tls'
import t, { type Test } from 'tap'
import { tlsOptions } from '../../src/http/tls.ts'
import { drawPassword } from '../../src/web/file-password.ts'
import { makeIdentityFile } from '../../src/web/identity-file.ts'
import { makeOwnKey } from '../../src/web/own-key.ts'
import { encodePem } from '../../src/x509/pem.ts'
import { DIGESTS } from '../checks/recovery-digests.ts'
import { type House, openHouse } from '../domain/house.ts'
import { listenOn } from '../http/handshake.ts'
import { HOST, makeIdentity } from '../http/visitor.ts'
import { Bench } from '../x509/tools.ts'

const bench = new Bench()
t.teardown(() => bench.close())

/** As the page does it: a key is made, a certificate asked for. */
async function enrollHere(house: House, label: string) {
  const { privateKey, request } = await makeOwnKey()
  const { token } = await house.enrollment.invite({ actor: 'operator:test' })
  const application = { token, label, request: Buffer.from(request, 'base64'), recoveryDigests: DIGESTS }
  const enrolled = await house.enrollment.accept(application)
  return { privateKey, enrolled: { ...enrolled, certificate: encodePem('CERTIFICATE', enrolled.certificate) } }
}

for (const format of ['new', 'old'] as const) {
  t.test(`${format} format: key, certificate and chain, opened by its password alone, and good for TLS`, async (t) => {
    const house = await openHouse(t)
    const { privateKey, enrolled } = await enrollHere(house, 'Zoë’s Laptop!')
    const password = drawPassword()
    const { name, bytes } = await makeIdentityFile(enrolled, privateKey, password, format)
    t.equal(name, 'zoe-s-laptop.p12')

    const file = bench.file(`${format}.p12`, bytes)
    const open = (words: string) => bench.run('openssl', 'pkcs12', '-in', file, '-nodes', '-passin', `pass:${words}`)
    const { text } = open(password)
    const key = createPrivateKey(/-----BEGIN PRIVATE KEY-----[\s\S]*?-----END PRIVATE KEY-----/.exec(text)![0])
    const certificates = text.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? []
    t.equal(certificates.length, 2)
    t.ok(certificates.map((pem) => new X509Certificate(pem)).some((leaf) => leaf.checkPrivateKey(key)))
    t.notOk(open(drawPassword()).ok)

    const leaf = new X509Certificate(enrolled.certificate)
    t.equal(await shownTo(t, house, bytes, password), leaf.fingerprint256)
  })
}

t.test('both kinds are of one key', async (t) => {
  const house = await openHouse(t)
  const { privateKey, enrolled } = await enrollHere(house, 'Laptop')
  const keys = []
  for (const format of ['new', 'old', 'new'] as const) {
    const { bytes } = await makeIdentityFile(enrolled, privateKey, 'secret', format)
    const file = bench.file('one-key.p12', bytes)
    const { text } = bench.run('openssl', 'pkcs12', '-in', file, '-nodes', '-nocerts', '-passin', 'pass:secret')
    keys.push(createPrivateKey(/-----BEGIN PRIVATE KEY-----[\s\S]*/.exec(text)![0]).export({ format: 'jwk' }).d)
  }
  t.equal(new Set(keys).size, 1)
  t.not(keys[0], undefined)
})

t.test('a label without a plain letter still names a file', async (t) => {
  const house = await openHouse(t)
  const { privateKey, enrolled } = await enrollHere(house, '笔记本')
  t.equal((await makeIdentityFile(enrolled, privateKey, 'x', 'new')).name, 'certificate.p12')
})

/** Opens a connection with the file alone, at a server that asks for a person's certificate. @returns the fingerprint that was shown */
async function shownTo(t: Test, house: House, file: Uint8Array, password: string): Promise<string | undefined> {
  const peers = { anchor: house.authority.twins.browser, required: true }
  const server = createServer(tlsOptions(await makeIdentity(house), peers))
  const port = await listenOn(t, server)
  const shown = new Promise<string | undefined>((resolve) => {
    server.once('secureConnection', (socket) => {
      resolve(socket.authorized ? socket.getPeerX509Certificate()?.fingerprint256 : undefined)
      socket.end()
    })
    server.once('tlsClientError', () => resolve(undefined))
  })
  const pfx = [{ buf: Buffer.from(file), passphrase: password }]
  const trust = { ca: house.authority.issuers.root.pem, servername: HOST }
  const socket = connect({ host: '127.0.0.1', port, pfx, ...trust })
  socket.on('error', () => {})
  t.teardown(() => void socket.destroy())
  return shown
}
