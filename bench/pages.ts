import { readFileSync } from 'node:fs'
import { connect } from 'node:http2'
import { Agent, request } from 'node:https'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { drawRecoveryCodes } from '../src/web/recovery-codes.ts'
import { makeOwnRequest } from '../src/x509/own-request.ts'
import type { BarePageServer } from './bare-page-server.ts'
import { Child } from './child.ts'
import { enrollmentTimes } from './enrollment-times.ts'
import type { Figures, Telling } from './figures.ts'
import { command, type Home, type Identity, inFolder, makeHome } from './home.ts'
import type { PageOrder } from './page-generator.ts'
import { compare, describe, figure } from './rounds.ts'
import { Service } from './service.ts'

/**
 * What people wait for: the page of a revalidation, to which everybody comes with a handshake, against a bare HTTP/2
 * server that answers the same bytes; the time from the click to the file in a real Chromium; the script that must be
 * there before the button works.
 */
export function benchPages({ print }: Telling): Promise<Figures> {
  return inFolder(async (folder) => {
    const home = await makeHome(folder)
    const service = await Service.start(home)
    try {
      const ratio = await revalidation(home, service, print)
      const script = await scriptOfEnrollment(home, service)
      print(`the enrollment page's script: ${script.length} bytes, ${gzipSync(script).length} by gzip`)
      const times = await enrollmentTimes(home, service.listeners.portal!)
      print(`from the click to the file, ms: ${times.map(Math.round).join(' ')}`)
      return {
        revalidation: ratio,
        enroll_p50_ms: Math.round(times.toSorted((a, b) => a - b)[times.length >> 1]!),
        script_gzip_bytes: gzipSync(script).length,
      }
    } finally {
      await service.stop()
    }
  })
}

async function revalidation(home: Home, service: Service, print: Telling['print']): Promise<number> {
  const device = await enroll(home, service)
  const path = new URL(await redirectFor(home, service, device)).pathname
  const seen = await look(home, service.listeners.signon!, path, device)
  const bare = Child.start(new URL('./bare-page-server.ts', import.meta.url))
  const generator = Child.start(new URL('./page-generator.ts', import.meta.url))
  try {
    const anchor = readFileSync(join(home.folder, 'ca', 'browser.twin.pem'), 'utf8')
    const port = await bare.ask<number>({
      identity: home.server,
      anchor,
      peer: device.cert,
      ...seen,
    } satisfies BarePageServer)
    const visits = (address: string) => {
      const order: PageOrder = { address, path, root: home.root, identity: { cert: device.cert, key: device.key } }
      return () => generator.ask<number>(order)
    }
    const ours = { pid: service.pid, run: visits(service.listeners.signon!) }
    const theirs = { pid: bare.pid, run: visits(`https://localhost:${port}`) }
    for (const { run } of [ours, theirs]) await run()
    const result = await compare(ours, theirs)
    print(describe('the page of a revalidation', ['service', 'bare'], result))
    return figure(result.ratio)
  } finally {
    generator.stop()
    bare.stop()
  }
}

/** As the enrollment page does it. */
async function enroll(home: Home, service: Service): Promise<Identity & { readonly leaf: string }> {
  const { url } = await command(home.folder, 'invite')
  const { key, request: csr } = makeOwnRequest()
  const address = `${service.listeners.portal}${new URL(String(url)).pathname}`
  const { digests } = await drawRecoveryCodes()
  const application = {
    label: 'Laptop, Nov 2026',
    request: Buffer.from(csr).toString('base64'),
    recovery_digests: digests,
  }
  const { certificate, chain } = JSON.parse(await send(home, address, {}, JSON.stringify(application)))
  return { leaf: certificate, cert: certificate + chain, key: key.export({ type: 'pkcs8', format: 'pem' }) as string }
}

async function redirectFor(home: Home, service: Service, { leaf }: { readonly leaf: string }): Promise<string> {
  const text = await send(
    home,
    `${service.listeners.api}/v1/verdicts`,
    home.site,
    JSON.stringify({ certificate: leaf }),
  )
  return JSON.parse(text).redirect
}

async function scriptOfEnrollment(home: Home, service: Service): Promise<string> {
  const { url } = await command(home.folder, 'invite')
  const page = await send(home, `${service.listeners.portal}${new URL(String(url)).pathname}`, {})
  const [, path] = /<script type="module" src="([^"]+)"/.exec(page) ?? []
  if (path === undefined) throw new Error('the enrollment page has no script')
  return send(home, `${service.listeners.portal}${path}`, {})
}

function send(home: Home, address: string, identity: Partial<Identity>, body?: string): Promise<string> {
  const agent = new Agent({ ca: home.root, ...identity })
  const headers = body === undefined ? {} : { 'content-type': 'application/json' }
  return new Promise((resolve, reject) => {
    const sent = request(address, { agent, method: body === undefined ? 'GET' : 'POST', headers }, (res) => {
      const chunks: Buffer[] = []
      res.on('data', (chunk: Buffer) => chunks.push(chunk))
      res.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        if ((res.statusCode ?? 500) < 300) resolve(text)
        else reject(new Error(`${address}: ${res.statusCode} ${text.slice(0, 300)}`))
      })
    })
    sent.once('error', reject)
    sent.end(body)
  })
}

/** The page once, with its headers. */
function look(
  home: Home,
  address: string,
  path: string,
  identity: Identity,
): Promise<Pick<BarePageServer, 'page' | 'headers'>> {
  return new Promise((resolve, reject) => {
    const session = connect(address, { ca: home.root, ...identity })
    const stream = session.request({ ':path': path, accept: 'text/html', 'accept-language': 'en' })
    const chunks: Buffer[] = []
    let headers: Record<string, string> = {}
    stream.once('response', ({ ':status': status, ...rest }) => {
      if (status !== 200) reject(new Error(`the page was answered with ${status}`))
      headers = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, String(value)]))
    })
    stream.once('error', reject)
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.once('end', () => {
      session.close()
      resolve({ page: Buffer.concat(chunks).toString(), headers })
    })
  })
}
