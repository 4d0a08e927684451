import { execFileSync } from 'node:child_process'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Enrolled } from '../../src/web/application.ts'
import { drawPassword } from '../../src/web/file-password.ts'
import { makeIdentityFile } from '../../src/web/identity-file.ts'
import { makeOwnKey } from '../../src/web/own-key.ts'
import { encodePem } from '../../src/x509/pem.ts'
import { openHouse } from '../domain/house.ts'

t.test('the page’s file holds key, certificate and chain, and opens with its password alone', async (t) => {
  const house = await openHouse(t)
  const { privateKey, request } = await makeOwnKey()
  const { token } = await house.enrollment.invite({ actor: 'operator:test' })
  const { certificate, chain, label } = await house.enrollment.accept({
    token,
    label: 'Zoë’s Laptop!',
    request: Buffer.from(request, 'base64'),
  })
  const password = drawPassword()
  const enrolled = { certificate: encodePem('CERTIFICATE', certificate), chain, label } as Enrolled
  const { name, blob } = await makeIdentityFile(enrolled, privateKey, password)
  t.equal(name, 'zoe-s-laptop.p12')
  t.equal(blob.type, 'application/x-pkcs12')

  const file = join(t.testdir(), name)
  writeFileSync(file, Buffer.from(await blob.arrayBuffer()))
  const open = (words: string) =>
    execFileSync('openssl', ['pkcs12', '-in', file, '-nodes', '-passin', `pass:${words}`], {
      encoding: 'utf8',
      stdio: 'pipe',
    })
  const opened = open(password)
  const key = createPrivateKey(/-----BEGIN PRIVATE KEY-----[\s\S]*?-----END PRIVATE KEY-----/.exec(opened)![0])
  const certificates = opened.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? []
  t.equal(certificates.length, 2)
  t.ok(certificates.map((pem) => new X509Certificate(pem)).some((leaf) => leaf.checkPrivateKey(key)))
  t.throws(() => open(drawPassword()))
})

t.test('a label without a plain letter still names a file', async (t) => {
  const house = await openHouse(t)
  const { privateKey, request } = await makeOwnKey()
  const { token } = await house.enrollment.invite({ actor: 'operator:test' })
  const { certificate, chain, label } = await house.enrollment.accept({
    token,
    label: '笔记本',
    request: Buffer.from(request, 'base64'),
  })
  const enrolled = { certificate: encodePem('CERTIFICATE', certificate), chain, label } as Enrolled
  t.equal((await makeIdentityFile(enrolled, privateKey, 'x')).name, 'certificate.p12')
})
