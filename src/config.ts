import { isIP } from 'node:net'
import { join, resolve } from 'node:path'
import type { Ceilings, Policy } from './domain/policy.ts'
import type { Plans } from './domain/usage/plan.ts'
import { IdentityError } from './errors.ts'
import { nearest } from './nearest.ts'
import { readPlans } from './plan-settings.ts'
import { readPolicy } from './policy-settings.ts'
import { NO_SETTINGS_FILE, readSettingsFile, type SettingsFile } from './settings-file.ts'
import type { StorePlace } from './store/open-store.ts'

export const LISTENERS = ['api', 'portal', 'signon', 'admin', 'pki', 'ops'] as const
export type ListenerName = (typeof LISTENERS)[number]

export interface ListenerConfig {
  /** the public address, without a trailing slash */
  readonly url: string
  /** false: the address follows from a default, and so follows the port that is bound */
  readonly urlIsSet: boolean
  /** an IP address */
  readonly host: string
  /** 0: any free one */
  readonly port: number
  /** files of a server certificate and its key; undefined: made by issuer `internal` */
  readonly tls: { readonly cert: string; readonly key: string } | undefined
}

/** All settings, validated and frozen. */
export interface Config {
  readonly home: string
  readonly store: StorePlace
  readonly listeners: Readonly<Record<ListenerName, ListenerConfig>>
  readonly sealKeyFile: string
  /** fresh host names of the certificate check, as in `https://*.check.localhost:8445`; undefined: there are none */
  readonly checkUrl: string | undefined
  readonly passphraseFile: string
  readonly workers: number
  /** certificates whose state a process holds in memory at most */
  readonly cache: number
  readonly policy: Policy
  /** what sites owe for the people whom they sign in; statements alone depend on them */
  readonly plans: Plans
}

/** Where the authority's files are, and what opens its keys. */
export function authorityOf(config: Config): { readonly directory: string; readonly passphraseFile: string } {
  return { directory: join(config.home, 'ca'), passphraseFile: config.passphraseFile }
}

export interface ConfigSources {
  readonly env: Readonly<Record<string, string | undefined>>
  /** the data folder where COUNTERSIGN_HOME is not set; undefined: it must be set */
  readonly defaultHome: string | undefined
  /** how long certificates may live: the authority's, which the configuration cannot know */
  readonly ceilings: Ceilings
  /** reads the file of COUNTERSIGN_CONFIG */
  readonly readFile: (path: string) => string
}

const PREFIX = 'COUNTERSIGN_'

/** The default port and scheme of each listener; `tls` tells whether files of a certificate can be given for it. */
const LISTENER_DEFAULTS = {
  api: { url: 'https://localhost:8443', tls: true },
  portal: { url: 'https://localhost:8444', tls: true },
  signon: { url: 'https://localhost:8445', tls: true },
  admin: { url: 'https://localhost:8447', tls: false },
  pki: { url: 'http://localhost:8480', tls: false },
  ops: { url: 'http://127.0.0.1:8490', tls: false },
} as const satisfies Record<ListenerName, { url: string; tls: boolean }>

/** Settings besides those of the listeners. */
const PLAIN_SETTINGS = [
  'HOME',
  'STORE',
  'SEAL_KEY_FILE',
  'CHECK_URL',
  'WORKERS',
  'CACHE',
  'KEY_PASSPHRASE_FILE',
  'CONFIG',
] as const

/** Named by the contract, for a listener that does not exist yet; taken, so that one set of settings serves both. */
const RESERVED_SETTINGS = ['EST_URL', 'EST_LISTEN', 'EST_TLS'] as const

const SETTINGS: readonly string[] = [
  ...PLAIN_SETTINGS,
  ...RESERVED_SETTINGS,
  ...LISTENERS.flatMap((name) => {
    const upper = name.toUpperCase()
    return [`${upper}_URL`, `${upper}_LISTEN`, ...(LISTENER_DEFAULTS[name].tls ? [`${upper}_TLS`] : [])]
  }),
]

/**
 * Reads environment and file (the environment wins) into one frozen Config.
 * @throws IdentityError config-invalid, whose message lists every fault: variable, what it should look like, what to do
 */
export function readConfig(sources: ConfigSources): Config {
  const faults: string[] = []
  const path = sources.env[`${PREFIX}CONFIG`]
  const file =
    path === undefined ? NO_SETTINGS_FILE : readSettingsFile(`${PREFIX}CONFIG`, path, sources.readFile, faults)
  refuseUnknown(sources.env, file, faults)
  const setting = (name: string): string | undefined => sources.env[PREFIX + name] ?? file.settings[name.toLowerCase()]
  const home = readHome(setting('HOME') ?? sources.defaultHome, faults)
  const listeners = readListeners(setting, faults)
  const config: Config = {
    home,
    store: readStore(setting('STORE'), home, faults),
    listeners,
    sealKeyFile: readPath('SEAL_KEY_FILE', setting('SEAL_KEY_FILE') ?? join(home, 'seal.key'), faults),
    checkUrl: readCheckUrl(setting('CHECK_URL'), listeners.signon.url, faults),
    passphraseFile: readPath('KEY_PASSPHRASE_FILE', setting('KEY_PASSPHRASE_FILE') ?? join(home, 'passphrase'), faults),
    workers: readCount('WORKERS', setting('WORKERS'), 1, 64, faults),
    cache: readCount('CACHE', setting('CACHE'), 100_000, 10_000_000, faults),
    policy: readPolicy(file.policy, sources.ceilings, faults),
    plans: readPlans(file.plans, faults),
  }
  if (faults.length > 0)
    throw new IdentityError(
      'config-invalid',
      ['The configuration has faults:', ...faults.map((fault) => `  - ${fault}`)].join('\n'),
    )
  return freeze(config)
}

/** A misspelled setting must not be a setting that is silently not heard. */
function refuseUnknown(env: ConfigSources['env'], file: SettingsFile, faults: string[]): void {
  for (const name of Object.keys(env)) {
    if (name.startsWith(PREFIX) && !SETTINGS.includes(name.slice(PREFIX.length))) {
      faults.push(`${name} is not a setting; the nearest is ${PREFIX}${nearest(name.slice(PREFIX.length), SETTINGS)}`)
    }
  }
  const inFile = SETTINGS.filter((name) => name !== 'CONFIG').map((name) => name.toLowerCase())
  for (const name of Object.keys(file.settings)) {
    if (!inFile.includes(name))
      faults.push(
        `${name} in the configuration file is not a setting; the nearest is ${nearest(name, [...inFile, 'policy', 'plans'])}`,
      )
  }
}

function readHome(text: string | undefined, faults: string[]): string {
  if (text !== undefined && text !== '') return resolve(text)
  faults.push(
    `${PREFIX}HOME is not set, and this folder has no certs-dev: set it to the data folder, or run \`npm start\` in the checkout first`,
  )
  return resolve('.')
}

function readStore(text: string | undefined, home: string, faults: string[]): StorePlace {
  if (text === undefined) return { engine: 'sqlite', file: join(home, 'countersign.db') }
  if (/^postgres(ql)?:\/\/./.test(text)) return { engine: 'postgres', url: text }
  if (text.startsWith('sqlite:') && text.length > 'sqlite:'.length)
    return { engine: 'sqlite', file: resolve(text.slice('sqlite:'.length)) }
  faults.push(`${PREFIX}STORE must look like sqlite:/path/to/file or postgres://name@host/database`)
  return { engine: 'sqlite', file: join(home, 'countersign.db') }
}

type Setting = (name: string) => string | undefined

function readListeners(setting: Setting, faults: string[]): Config['listeners'] {
  const before = faults.length
  const entries = LISTENERS.map((name) => [name, readListener(name, setting, faults)] as const)
  const listeners = Object.fromEntries(entries) as Record<ListenerName, ListenerConfig>
  checkHosts(listeners, faults)
  if (faults.length === before) checkPlaces(listeners, faults)
  return listeners
}

function readListener(name: ListenerName, setting: Setting, faults: string[]): ListenerConfig {
  const upper = name.toUpperCase()
  const fallback = LISTENER_DEFAULTS[name].url
  const set = setting(`${upper}_URL`)
  const url = readAddress(`${upper}_URL`, set ?? fallback, new URL(fallback).protocol, faults)
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
  const listen = readListen(`${upper}_LISTEN`, setting(`${upper}_LISTEN`), port, faults)
  if (name === 'ops' && !isLoopback(listen.host))
    faults.push(
      `${PREFIX}OPS_LISTEN must be on the loopback address (127.0.0.1:8490): metrics and readiness are for this machine alone`,
    )
  return {
    url: url.origin,
    urlIsSet: set !== undefined,
    ...listen,
    tls: readTlsFiles(`${upper}_TLS`, setting(`${upper}_TLS`), faults),
  }
}

function readAddress(name: string, text: string, protocol: string, faults: string[]): URL {
  const fallback = new URL(`${protocol}//localhost`)
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (
    url &&
    url.protocol === protocol &&
    url.pathname === '/' &&
    url.search === '' &&
    url.hash === '' &&
    url.username === '' &&
    url.password === ''
  )
    return url
  faults.push(`${PREFIX}${name} must be a public address like ${protocol}//id.example:8443, without a path`)
  return fallback
}

function readListen(
  name: string,
  text: string | undefined,
  port: number,
  faults: string[],
): { host: string; port: number } {
  if (text === undefined) return { host: '127.0.0.1', port }
  const parts = /^(?:\[([0-9a-fA-F:]+)\]|([^:]+)):(\d{1,5})$/.exec(text)
  const host = parts?.[1] ?? parts?.[2] ?? ''
  if (parts && isIP(host) !== 0 && Number(parts[3]) <= 65_535) return { host, port: Number(parts[3]) }
  faults.push(
    `${PREFIX}${name} must be an IP address and a port, like 127.0.0.1:8443 or [::1]:8443; port 0 takes any free one`,
  )
  return { host: '127.0.0.1', port }
}

function isLoopback(host: string): boolean {
  return host === '::1' || host.startsWith('127.')
}

function readTlsFiles(name: string, text: string | undefined, faults: string[]): ListenerConfig['tls'] {
  if (text === undefined) return undefined
  const [cert, key, ...rest] = text.split(',')
  if (cert && key && rest.length === 0) return { cert: resolve(cert), key: resolve(key) }
  faults.push(
    `${PREFIX}${name} must name two files, like /etc/tls/chain.pem,/etc/tls/key.pem: the certificate with its chain, then its key`,
  )
  return undefined
}

/** Passkeys are bound to the portal's host; sign-on must be allowed to use them. */
function checkHosts(listeners: Config['listeners'], faults: string[]): void {
  const portal = new URL(listeners.portal.url).hostname
  const signon = new URL(listeners.signon.url).hostname
  if (signon !== portal && !signon.endsWith(`.${portal}`)) {
    faults.push(`${PREFIX}SIGNON_URL must have the host of ${PREFIX}PORTAL_URL (${portal}) or one below it`)
  }
}

/** Two listeners cannot share a place, and must not share a policy. */
function checkPlaces(listeners: Config['listeners'], faults: string[]): void {
  LISTENERS.forEach((name, i) => {
    const { host, port } = listeners[name]
    const other = LISTENERS.slice(0, i).find((earlier) => port !== 0 && meet(listeners[earlier], listeners[name]))
    if (other === undefined) return
    const variables = [name, other].map((listener) => `${PREFIX}${listener.toUpperCase()}_LISTEN`).join(' and ')
    faults.push(`${variables} are both at ${host}:${port}: give each a port of its own`)
  })
}

function meet(one: ListenerConfig, other: ListenerConfig): boolean {
  const everywhere = ['0.0.0.0', '::']
  return (
    one.port === other.port &&
    (one.host === other.host || everywhere.includes(one.host) || everywhere.includes(other.host))
  )
}

/** Every name below localhost leads here; below another host only those that the operator has made. */
export function defaultCheckUrl(signonUrl: string): string | undefined {
  const { hostname, port } = new URL(signonUrl)
  return hostname === 'localhost' ? `https://*.check.localhost:${port || 443}` : undefined
}

/** The certificate check wants fresh host names, so its address begins with `*.`. */
function readCheckUrl(text: string | undefined, signonUrl: string, faults: string[]): string | undefined {
  if (text === undefined) return defaultCheckUrl(signonUrl)
  if (/^https:\/\/\*\.[a-z0-9.-]+(:\d{1,5})?$/.test(text) && URL.canParse(text.replace('*.', ''))) return text
  faults.push(`${PREFIX}CHECK_URL must be an address whose host begins with "*.", like https://*.check.id.example:8445`)
  return text
}

function readPath(name: string, text: string, faults: string[]): string {
  if (text !== '') return resolve(text)
  faults.push(`${PREFIX}${name} is empty: give the path of a file, or leave it out`)
  return resolve('.')
}

function readCount(name: string, text: string | undefined, fallback: number, most: number, faults: string[]): number {
  if (text === undefined) return fallback
  if (/^\d{1,8}$/.test(text) && Number(text) >= 1 && Number(text) <= most) return Number(text)
  faults.push(`${PREFIX}${name} must be a whole number from 1 to ${most}`)
  return fallback
}

function freeze(config: Config): Config {
  for (const listener of Object.values(config.listeners)) Object.freeze(listener)
  Object.freeze(config.listeners)
  Object.freeze(config.store)
  Object.freeze(config.policy)
  return Object.freeze(config)
}
