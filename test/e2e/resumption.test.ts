import { rmSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { sClient, type Visit } from './s-client.ts'
import { startService, type TestService } from './service.ts'

/** Each listener that asks for certificates, with each version of TLS that it speaks. */
const ASKING: readonly (Visit & { readonly version: string })[] = [
  { listener: 'api', identity: 'site', version: '-tls1_2', until: /HTTP\/1\.1 \d/ },
  { listener: 'api', identity: 'site', version: '-tls1_3', until: /HTTP\/1\.1 \d/ },
  { listener: 'admin', identity: 'admin', version: '-tls1_3', until: /HTTP\/1\.1 \d/ },
  // the server speaks first
  { listener: 'signon', identity: 'browser', version: '-tls1_3', until: /return code: 0 \(ok\)\n---\n./s },
]

t.test('what a TLS connection is, it is from its first handshake on', async (t) => {
  const service = await startService(t)
  await t.test('no session is taken up again', (t) => noResumption(t, service))
  await t.test('nobody negotiates anew', (t) => noRenegotiation(t, service))
  await t.test('signon speaks HTTP/2 alone', (t) => http2Alone(t, service))
  await t.test('TLS 1.2 is spoken on api alone', (t) => versions(t, service))
})

async function noResumption(t: Test, service: TestService): Promise<void> {
  // where no certificate is asked for it may be, which also shows that this test would see it
  const visitor: Visit = { listener: 'portal', until: /HTTP\/1\.1 \d/ }
  t.match(await offer(service, visitor, visitor), /^Reused, TLSv1\.3/m, 'portal, which asks for no certificate')

  for (const { version, ...visit } of ASKING) {
    const versioned = { ...visit, options: [version, ...(visit.listener === 'signon' ? ['-alpn', 'h2'] : [])] }
    await t.test(`${visit.listener} ${version}`, async (t) => {
      neverReused(t, await offer(service, versioned, versioned), 'its own session')
      neverReused(t, await offer(service, visitor, versioned), "the portal's session")
    })
  }
}

async function noRenegotiation(t: Test, service: TestService): Promise<void> {
  const until = /no renegotiation|HTTP\/1\.1/
  const said = await sClient(service, {
    listener: 'api',
    identity: 'site',
    options: ['-tls1_2'],
    type: 'R\n',
    until,
  })
  t.match(said, /RENEGOTIATING/)
  t.match(said, /no renegotiation/)
}

async function http2Alone(t: Test, service: TestService): Promise<void> {
  const visit = { listener: 'signon', identity: 'browser', until: /Verify return code/ } as const
  t.match(await sClient(service, { ...visit, options: ['-alpn', 'http/1.1'] }), /no application protocol/)
  t.match(await sClient(service, { ...visit, options: ['-alpn', 'http/1.1,h2'] }), /ALPN protocol: h2/)
}

async function versions(t: Test, service: TestService): Promise<void> {
  const until = /alert|New, TLS/
  for (const listener of ['portal', 'signon', 'admin'] as const) {
    const said = await sClient(service, { listener, options: ['-tls1_2'], until })
    t.match(said, /alert protocol version/, listener)
  }
  for (const listener of ['api', 'portal', 'signon', 'admin'] as const) {
    const old = ['-tls1_1', '-cipher', 'DEFAULT:@SECLEVEL=0']
    t.notMatch(await sClient(service, { listener, options: old, until }), /New, TLS/, `${listener}, TLS 1.1`)
  }
}

/** Makes a session on one listener, then offers it to another. @returns what was said at the second */
async function offer(service: TestService, first: Visit, second: Visit): Promise<string> {
  const session = join(service.home, 'session.pem')
  rmSync(session, { force: true })
  await sClient(service, { ...speaking(service, first), options: [...(first.options ?? []), '-sess_out', session] })
  return sClient(service, { ...speaking(service, second), options: [...(second.options ?? []), '-sess_in', session] })
}

/** With an answer behind it, all that belongs to the handshake has come too. */
function speaking(service: TestService, visit: Visit): Visit {
  if (visit.listener === 'signon') return visit
  const { host } = new URL(service.address(visit.listener))
  return { ...visit, type: `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n` }
}

function neverReused(t: Test, said: string, what: string): void {
  t.match(said, /^New, TLSv1\.[23]/m, `${what} is not taken up`)
  t.notMatch(said, /^Reused/m, `${what} is not taken up`)
}
