import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { ISSUERS, type IssuerName } from '../../src/domain/certificate/certificate.ts'
import { parseCertificate } from '../../src/x509/certificate.ts'
import { encodePem } from '../../src/x509/pem.ts'
import type { Json } from './cli.ts'
import { type Device, enroll } from './device.ts'
import { eventually } from './eventually.ts'
import { openInside } from './inside.ts'
import { startService, type TestService } from './service.ts'
import { AskingService } from './site-service.ts'

t.test('what anyone may fetch', async (t) => {
  const service = await startService(t)
  const inside = await openInside(t, service)
  const device = await enroll(service, inside)
  await t.test('certificates name addresses that work', (t) => addresses(t, service, device))
  await t.test('openssl and the table agree', (t) => judged(t, service, device))
  await t.test('nothing else is there', (t) => nothingElse(t, service))
  await t.test('what the operator sees', (t) => operations(t, service))
})

async function addresses(t: Test, service: TestService, device: Device): Promise<void> {
  const { known } = parseCertificate(device.der)
  const issuer = await fetch(known.authorityInfoAccess![0]!)
  t.match(
    { status: issuer.status, type: issuer.headers.get('content-type') },
    { status: 200, type: 'application/pkix-cert' },
  )
  const der = new Uint8Array(await issuer.arrayBuffer())
  t.equal(encodePem('CERTIFICATE', der), readFileSync(join(service.home, 'ca', 'browser.pem'), 'utf8'))
  const list = await fetch(known.crlDistributionPoints![0]!)
  t.match(
    { status: list.status, type: list.headers.get('content-type') },
    { status: 200, type: 'application/pkix-crl' },
  )
  const above = parseCertificate(der).known
  t.equal((await fetch(above.crlDistributionPoints![0]!)).status, 200, "the root's list")
  t.equal((await fetch(above.authorityInfoAccess![0]!)).status, 200, "the root's certificate")
}

/** A change has to be on the list within so many ms. */
const LISTED_WITHIN = 5_000

async function judged(t: Test, service: TestService, { fingerprint, pem }: Device): Promise<void> {
  const verified = () => verify(service, pem)
  t.match(await eventually(verified, (said) => said.includes(': OK')), ': OK', 'active')
  const changes = [
    ['hold', 'certificate revoked'],
    ['release', ': OK'],
    ['revoke', 'certificate revoked'],
  ] as const
  for (const [change, expected] of changes) {
    await service.administer(`/${fingerprint}/${change}`)
    t.match(await eventually(verified, (said) => said.includes(expected), LISTED_WITHIN), expected, change)
  }
  const site = service.identity('site').cert
  t.match(await verify(service, site), ': OK', 'of another issuer')
}

/** What `openssl verify -crl_check_all` says, with nothing but what `pki` hands out. */
async function verify(service: TestService, pem: string): Promise<string> {
  const file = (name: string) => join(service.home, name)
  const fetched = async (path: string) => new Uint8Array(await (await service.plain('pki', path)).arrayBuffer())
  const each = async (label: 'CERTIFICATE' | 'X509 CRL', path: (issuer: IssuerName) => string) =>
    (await Promise.all(ISSUERS.map(async (issuer) => encodePem(label, await fetched(path(issuer)))))).join('')
  writeFileSync(file('leaf.pem'), pem)
  writeFileSync(file('issuers.pem'), await each('CERTIFICATE', (issuer) => `/ca/${issuer}.cer`))
  writeFileSync(file('lists.pem'), await each('X509 CRL', (issuer) => `/crl/${issuer}.crl`))
  const own = ['-CAfile', file('root.pem'), '-untrusted', file('issuers.pem'), '-CRLfile', file('lists.pem')]
  const args = ['verify', '-x509_strict', '-crl_check_all', '-no-CAstore', '-no-CApath', ...own, file('leaf.pem')]
  const { stdout, stderr } = spawnSync('openssl', args, { encoding: 'utf8' })
  return stdout + stderr
}

async function nothingElse(t: Test, service: TestService): Promise<void> {
  const paths = [
    '/',
    '/ca/',
    '/ca/root.key',
    '/ca/..%2froot.key',
    '/ca/../root.key',
    '/crl/other.crl',
    '/crl/root.cer',
    '/v1/site',
  ]
  for (const path of paths) {
    const answer = await service.plain('pki', path)
    t.match({ status: answer.status, json: await answer.json() }, { status: 404, json: { code: 'not-found' } }, path)
  }
}

async function operations(t: Test, service: TestService): Promise<void> {
  const site = new AskingService(service, service.identity('site'))
  await site.ask({ certificate: null })
  t.same(await (await service.plain('ops', '/readyz')).json(), { ready: true })
  t.same(await (await service.plain('ops', '/livez')).json(), { live: true })
  const metrics = await (await service.plain('ops', '/metrics')).text()
  t.match(metrics, /^countersign_verdicts_total\{verdict="missing",reason="no-certificate"\} 1$/m)
  t.match(metrics, /^nodejs_eventloop_lag_seconds /m)
  const openapi = (await (await service.plain('ops', '/openapi.json')).json()) as { openapi: string; paths: Json }
  t.match(openapi.openapi, /^3\./)
  const verdicts = ['/v1/verdicts', '/v1/verdicts/batch', '/v1/verdicts/{fingerprint}']
  const streams = ['poll', 'status', 'streams', 'verify'].map((name) => `/v1/ssf/${name}`)
  const expected = [
    '/v1/events',
    '/v1/forward-auth',
    '/v1/site',
    '/v1/site/certificate',
    ...streams,
    '/v1/subjects/{subject}/account',
    '/v1/subjects/{subject}/intrusion',
    '/v1/subjects/{subject}/trust',
    '/v1/usage',
    ...verdicts,
  ]
  t.same(Object.keys(openapi.paths).sort(), expected)
  const committed = JSON.parse(readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8'))
  t.same(openapi.paths, committed.paths, 'docs/openapi.json says the same')
}
