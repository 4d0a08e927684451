import { execFileSync } from 'node:child_process'
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { delimiter, join } from 'node:path'
import { IdentityError } from '../src/errors.ts'
import { clientPackage, type FolderFiles, OLDEST_NODE, runsOn } from './client-package.ts'
import { PACKAGE, packageManifest } from './package-place.ts'

/** What a site's folder is made of. */
export interface SiteFolder {
  readonly folder: string
  readonly name: string
  /** the `api` listener */
  readonly api: string
  readonly port: number
}

const LIBRARY = 'countersign-client'

/**
 * Nothing that somebody has is written over.
 * @throws IdentityError query-invalid: there is something already
 */
export function requireEmpty(folder: string): void {
  if (!existsSync(folder)) return
  const isEmpty = namesIn(folder)?.length === 0
  if (isEmpty) return
  throw new IdentityError(
    'query-invalid',
    `${folder} is there already, and not an empty folder. Name one that is yet to be made.`,
  )
}

/**
 * The folder, in which can be written.
 * @returns what takes it back, while nothing is in it
 * @throws IdentityError query-invalid: it cannot be made
 */
export function makeFolder(folder: string): () => void {
  try {
    const first = mkdirSync(folder, { recursive: true })
    accessSync(folder, constants.W_OK)
    return () => {
      if (first !== undefined) rmSync(first, { recursive: true })
    }
  } catch (cause) {
    throw new IdentityError(
      'query-invalid',
      `The folder ${folder} cannot be made, or not be written in. Name another.`,
      {
        cause,
      },
    )
  }
}

function namesIn(folder: string): readonly string[] | undefined {
  try {
    return readdirSync(folder)
  } catch {
    return undefined
  }
}

/** Everything but the certificates: a server of a few lines, and the library that it imports. @returns the files */
export function siteFiles(site: SiteFolder): FolderFiles {
  const library = Object.entries(clientPackage()).map(([name, text]) => [join(LIBRARY, name), text] as const)
  return {
    'package.json': json(manifest()),
    'site.json': json({ url: site.api, port: site.port }),
    'server.js': readFileSync(join(PACKAGE, 'examples', 'node', 'server.js'), 'utf8'),
    'README.md': readme(site),
    // The key of the API certificate is the site's whole login.
    '.gitignore': 'certs/\nnode_modules/\n',
    ...Object.fromEntries(library),
  }
}

/** Writes them, and does by itself what `npm install` would do without the network: the site can be started at once. */
export function writeSiteFiles({ folder }: SiteFolder, files: FolderFiles): void {
  const modules = join(folder, 'node_modules')
  for (const path of ['certs', LIBRARY, join('node_modules', '.bin')])
    mkdirSync(join(folder, path), { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { flag: 'wx' })
  symlinkSync(join('..', LIBRARY), join(modules, 'countersign'), 'junction')
  if (!runsOn(nodeOfThisMachine())) symlinkSync(process.execPath, join(modules, '.bin', 'node'))
}

function manifest(): object {
  const { optionalDependencies } = packageManifest()
  return {
    private: true,
    type: 'module',
    scripts: { start: 'node server.js' },
    dependencies: { countersign: `file:${LIBRARY}` },
    ...(!runsOn(nodeOfThisMachine()) && { optionalDependencies }),
  }
}

/** As it is outside of npm, which puts the Node of our own dependencies first. */
function nodeOfThisMachine(): string {
  const path = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((entry) => !entry.endsWith(join('node_modules', '.bin')))
  try {
    return execFileSync('node', ['--version'], {
      encoding: 'utf8',
      env: { ...process.env, PATH: path.join(delimiter) },
    })
  } catch {
    return ''
  }
}

function readme({ name, api, port }: SiteFolder): string {
  return `# ${name}

    npm start

It is at https://localhost:${port}/, and wants Countersign to be running at ${api}.
Your browser has to trust \`certs/root.pem\`, and needs a certificate: \`npx countersign invite\`, in the folder of Countersign, prints an address at which it gets one.
Firefox takes the root in its settings: *View Certificates*, *Authorities*, *Import*. Chromium on Linux takes it by two commands, the second of Debian's package \`libnss3-tools\`:

    mkdir -p $HOME/.pki/nssdb
    certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n countersign-root -i certs/root.pem

- \`server.js\`: the site. Who is there is \`request.identity.subject\`. It listens for this machine alone.
- \`site.json\`: where Countersign is, and on which port the site listens.
- \`certs/\`: the site's API certificate (\`api.pem\`) and its own (\`server.pem\`), each with its key. Neither belongs into a repository. The first is renewed by itself.
- \`${LIBRARY}/\`: the library, \`countersign/client\`. It needs nothing but Node ${OLDEST_NODE} or later.
`
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
