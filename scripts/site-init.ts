import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { basename, join, relative, resolve } from 'node:path'
import type { Command } from 'commander'
import type { Config } from '../src/config.ts'
import { createSiteRegistry } from '../src/domain/site/site-registry.ts'
import { IdentityError } from '../src/errors.ts'
import { systemClock } from '../src/system-clock.ts'
import { type HomeWithAuthority, withAuthority } from './authority.ts'
import { apiOrder, writePair } from './certificate-files.ts'
import { command } from './command.ts'
import { OPERATOR } from './home.ts'
import { print, type ReportOptions } from './report.ts'
import { makeFolder, requireEmpty, type SiteFolder, siteFiles, writeSiteFiles } from './site-folder.ts'

interface InitOptions extends ReportOptions {
  readonly name?: string
  readonly port: string
  readonly returnTo?: string
}

interface Wish {
  readonly folder: string
  readonly name: string
  readonly port: number
  readonly returnTo: string
}

/** `countersign site init`: from an empty folder to a site that runs. */
export function siteInitCommand(): Command {
  return command('init DIR', 'make a site that runs, in an empty folder', 'site init ../my-site')
    .argument('<dir>', 'an empty folder, or one that is yet to be made')
    .option('--name <name>', "the site's name; default: the folder's")
    .option('--port <number>', 'where the site listens', '3000')
    .option('--return-to <url>', "the site's address; default: https://localhost:<port>/")
    .action(init)
}

async function init(dir: string, options: InitOptions): Promise<void> {
  const wish = readWish(dir, options)
  requireEmpty(wish.folder)
  await requireFree(wish.port)
  await withAuthority(async (home) => {
    const site = await makeSite(home, wish)
    const runs = await answers(site.api)
    print(
      {
        data: { site: site.name, folder: site.folder, service: SERVICE, return_to: wish.returnTo, url: site.api },
        lines: [
          `Made the site ${site.name} in ${site.folder}:`,
          '  server.js  the site, of a few lines; its README.md says what else is there',
          '  certs      its API certificate and its own, with their keys',
          ...tryIt(home.config, site),
          ...(runs ? [] : ['', `Countersign does not answer at ${site.api}. Start it in another terminal: npm start`]),
        ],
        next: `cd ${forShells(fromHere(site.folder))} && npm start`,
      },
      options,
    )
  })
}

const SERVICE = 'web'
const NOBODY = { subscriberId: null, deviceId: null, siteId: null, service: null }

/** What may fail comes first: a name that is taken leaves no files, and files that cannot be made leave no site. */
async function makeSite(home: HomeWithAuthority, { folder, name, port, returnTo }: Wish): Promise<SiteFolder> {
  const made: SiteFolder = { folder, name, port, api: home.config.listeners.api.url }
  const files = siteFiles(made)
  const registry = createSiteRegistry({ store: home.store, clock: systemClock })
  const takeBack = makeFolder(folder)
  const site = await registry.add(OPERATOR, { name, returnTo: [returnTo] }).catch((error: unknown) => {
    takeBack()
    throw error
  })
  writeSiteFiles(made, { ...files, [join('certs', 'root.pem')]: home.authority.issuers.root.pem })
  const hosts = [...new Set([new URL(returnTo).hostname, 'localhost'])]
  const order = { profile: 'tls-server', label: hosts[0]!, binding: NOBODY, hosts } as const
  await writePair(home, apiOrder({ site, service: SERVICE }), join(folder, 'certs', 'api.pem'))
  await writePair(home, order, join(folder, 'certs', 'server.pem'))
  return made
}

function readWish(dir: string, options: InitOptions): Wish {
  const folder = resolve(dir)
  const port = Number(options.port)
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new IdentityError('query-invalid', `The port (--port) is a number from 1 to 65535, not ${options.port}.`)
  return {
    folder,
    name: options.name ?? nameOf(folder),
    port,
    returnTo: options.returnTo ?? `https://localhost:${port}/`,
  }
}

/** A folder's name, spelled as a site's is. */
function nameOf(folder: string): string {
  const letters = basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
  return letters.replaceAll(/^-|-$/g, '')
}

/** @throws IdentityError query-invalid: the site could not listen there */
async function requireFree(port: number): Promise<void> {
  if (!(await answers(`https://localhost:${port}`))) return
  throw new IdentityError(
    'query-invalid',
    `Another program listens on port ${port}. Name another port with --port, or end that program first.`,
  )
}

/** Whether somebody takes connections there. */
function answers(address: string): Promise<boolean> {
  const { hostname, port } = new URL(address)
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port || 443), timeout: 1_000 })
    const end = (outcome: boolean) => (): void => {
      socket.destroy()
      resolve(outcome)
    }
    socket.once('connect', end(true)).once('error', end(false)).once('timeout', end(false))
  })
}

/** The sample browser of a development home is somebody to greet, before one's own browser has a certificate. */
function tryIt({ home }: Config, { folder, port }: SiteFolder): readonly string[] {
  const own = (name: string): string => forShells(fromHere(join(home, 'browser', name)))
  if (!existsSync(join(home, 'browser', 'cert.pem'))) return []
  const root = forShells(fromHere(join(folder, 'certs', 'root.pem')))
  return [
    '',
    'Once it runs, come by as the sample browser, from this folder:',
    `  curl --cacert ${root} --cert ${own('cert.pem')} --key ${own('key.pem')} https://localhost:${port}/`,
  ]
}

/** As short as it can be pasted. */
function fromHere(folder: string): string {
  const short = relative('.', folder) || '.'
  return short.length < folder.length ? short : folder
}

/** One word, whatever is in it. */
function forShells(path: string): string {
  return /^[\w./@+:,=%][\w./@+:,=%-]*$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
}
