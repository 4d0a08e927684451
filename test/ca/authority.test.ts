import { rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { connect, createServer, type Server } from 'node:tls'
import t from 'tap'
import { authorityFiles, issuerCertificate, loadAuthority } from '../../ca/authority.ts'
import { LEAF_ISSUER } from '../../ca/profiles.ts'
import type { LeafProfile, OnlineIssuer } from '../../src/domain/certificate/certificate.ts'
import { makeAuthority } from './authority.ts'
import { type IssuedSample, makeIssuance } from './issuance.ts'
import { pemOf } from './judges.ts'
import { privatePem } from './request.ts'

t.test('what is loaded is what the ceremony made, and public', async (t) => {
  const { authority, directory } = await makeAuthority(t.testdir(), { pkiUrl: 'http://pki.example/below/' })
  const loaded = loadAuthority(directory)
  t.same(Object.keys(loaded.issuers), ['root', 'browser', 'api', 'internal'])
  t.equal(loaded.pkiUrl, 'http://pki.example/below')
  t.same(loaded.issuers.api.der, authority.issuers.api.der)
  t.notMatch(JSON.stringify(loaded), /PRIVATE/)
})

t.test('a part that is missing or damaged is an authority that is missing', async (t) => {
  const { directory } = await makeAuthority(t.testdir())
  const files = authorityFiles(directory)
  for (const path of [files.rootList, files.twin('api'), files.certificate('internal')]) {
    rmSync(path)
    t.throws(() => loadAuthority(directory), { code: 'authority-missing' }, path)
  }
  writeFileSync(files.certificate('browser'), 'no certificate')
  t.throws(() => loadAuthority(directory), { code: 'authority-missing' })
  t.throws(() => loadAuthority(join(directory, 'nowhere')), { code: 'authority-missing' })
})

t.test('an end-entity certificate is no issuer', async (t) => {
  const issuance = await makeIssuance(t.testdir())
  t.teardown(() => issuance.signer.close())
  const { der } = await issuance.issue('browser')
  t.throws(() => issuerCertificate('browser', pemOf(der), 'http://pki.example'), { code: 'certificate-malformed' })
})

t.test('with a twin as the only anchor, its own issuer comes in and no other', async (t) => {
  const issuance = await makeIssuance(t.testdir())
  t.teardown(() => issuance.signer.close())
  const server = await issuance.issue('tls-server')
  const leaves: Record<string, IssuedSample> = {}
  for (const profile of ['browser', 'api', 'admin'] as const) leaves[profile] = await issuance.issue(profile)
  const lookAlike = await makeIssuance(t.testdir())
  t.teardown(() => lookAlike.signer.close())
  leaves['look-alike'] = await lookAlike.issue('browser')

  for (const anchor of ['browser', 'api', 'internal'] as const) {
    const listener = await listen(server, issuance.authority.twins[anchor])
    t.teardown(() => listener.close())
    for (const [name, leaf] of Object.entries(leaves)) {
      const own = name !== 'look-alike' && LEAF_ISSUER[name as LeafProfile] === anchor
      // Whether the holder sends its issuing CA along must not matter.
      for (const chain of [[], [issuance.authority.issuers[LEAF_ISSUER[leaf.reservation.profile]].pem]]) {
        t.equal(await isLetIn(listener, leaf, chain), own, `${name} at ${anchor}, ${chain.length} behind the leaf`)
      }
    }
    t.equal(await isLetIn(listener, undefined, []), false, `nobody at ${anchor}`)
  }

  /** Whether the handshake succeeds and the server says a word. */
  function isLetIn(listener: Server, leaf: IssuedSample | undefined, chain: readonly string[]): Promise<boolean> {
    const { authority } = issuance
    const { port } = listener.address() as AddressInfo
    const holder = leaf ? { cert: [pemOf(leaf.der), ...chain].join(''), key: privatePem(leaf.keys) } : {}
    return new Promise((resolve) => {
      const socket = connect({
        port,
        host: '127.0.0.1',
        servername: 'localhost',
        ca: authority.issuers.root.pem,
        ...holder,
      })
      socket.once('data', () => settle(true))
      socket.once('error', () => settle(false))
      socket.once('close', () => settle(false))
      function settle(letIn: boolean): void {
        socket.destroy()
        resolve(letIn)
      }
    })
  }

  function listen({ der, keys }: IssuedSample, twin: string): Promise<Server> {
    const options = {
      cert: pemOf(der) + issuance.issuer.chain('internal' satisfies OnlineIssuer),
      key: privatePem(keys),
      ca: twin,
      requestCert: true,
      rejectUnauthorized: true,
      minVersion: 'TLSv1.3',
    } as const
    const listener = createServer(options, (socket) => {
      socket.on('error', () => undefined)
      socket.write(socket.getProtocol() ?? '')
    })
    return new Promise((resolve) => listener.listen(0, '127.0.0.1', () => resolve(listener)))
  }
})
