import { resolve } from 'node:path'
import t from 'tap'
import { CEILINGS } from '../ca/profiles.ts'
import { type Config, LISTENERS, readConfig } from '../src/config.ts'
import { DEFAULT_POLICY } from '../src/domain/policy.ts'
import { IdentityError } from '../src/errors.ts'

type Settings = Readonly<Record<string, string | undefined>>

const HOME = '/srv/countersign'

t.test('without a setting but the home, the defaults', async (t) => {
  const config = read({})
  t.match(config, {
    home: HOME,
    store: { engine: 'sqlite', file: `${HOME}/countersign.db` },
    sealKeyFile: `${HOME}/seal.key`,
    passphraseFile: `${HOME}/passphrase`,
    workers: 1,
    policy: DEFAULT_POLICY,
  })
  t.same(
    LISTENERS.map((name) => [
      name,
      config.listeners[name].url,
      config.listeners[name].host,
      config.listeners[name].port,
    ]),
    [
      ['api', 'https://localhost:8443', '127.0.0.1', 8443],
      ['portal', 'https://localhost:8444', '127.0.0.1', 8444],
      ['signon', 'https://localhost:8445', '127.0.0.1', 8445],
      ['admin', 'https://localhost:8447', '127.0.0.1', 8447],
      ['pki', 'http://localhost:8480', '127.0.0.1', 8480],
      ['ops', 'http://127.0.0.1:8490', '127.0.0.1', 8490],
    ],
  )
  for (const name of LISTENERS) t.match(config.listeners[name], { urlIsSet: false, tls: undefined }, name)
})

t.test('every setting is heard', async (t) => {
  const config = read({
    HOME: '/data',
    STORE: 'postgres://id@db.example/countersign',
    SEAL_KEY_FILE: '/run/seal.key',
    KEY_PASSPHRASE_FILE: '/run/passphrase',
    WORKERS: '4',
    CACHE: '10',
    API_URL: 'https://api.id.example:9443',
    API_LISTEN: '0.0.0.0:9443',
    API_TLS: '/etc/tls/chain.pem,/etc/tls/key.pem',
    PORTAL_URL: 'https://id.example',
    SIGNON_URL: 'https://signon.id.example',
    SIGNON_LISTEN: '[::1]:0',
    OPS_LISTEN: '[::1]:9000',
  })
  t.equal(config.checkUrl, undefined, 'names below another host than localhost are the operator’s to make')
  t.match(config, {
    home: '/data',
    store: { engine: 'postgres', url: 'postgres://id@db.example/countersign' },
    sealKeyFile: '/run/seal.key',
    passphraseFile: '/run/passphrase',
    workers: 4,
    cache: 10,
    listeners: {
      api: {
        url: 'https://api.id.example:9443',
        urlIsSet: true,
        host: '0.0.0.0',
        port: 9443,
        tls: { cert: '/etc/tls/chain.pem', key: '/etc/tls/key.pem' },
      },
      portal: { url: 'https://id.example', host: '127.0.0.1', port: 443 },
      signon: { url: 'https://signon.id.example', host: '::1', port: 0 },
      ops: { host: '::1', port: 9000 },
    },
  })
  t.match(read({ STORE: 'sqlite:data/x.db' }).store, { engine: 'sqlite', file: resolve('data/x.db') })
  t.match(read({ HOME: 'relative' }).sealKeyFile, resolve('relative/seal.key'))
})

t.test('no setting opens a listener to the network by the way of another', async (t) => {
  const { listeners } = read({
    API_LISTEN: '0.0.0.0:8443',
    PORTAL_URL: 'https://id.example',
    SIGNON_URL: 'https://id.example:8445',
  })
  t.same(
    LISTENERS.filter((name) => listeners[name].host !== '127.0.0.1'),
    ['api'],
  )
})

t.test('nobody changes a setting later', async (t) => {
  const config = read({})
  for (const part of [config, config.listeners, config.listeners.api, config.policy, config.store])
    t.ok(Object.isFrozen(part))
})

t.test('the file has the same settings; the environment wins', async (t) => {
  const file =
    'workers: 3\nstore: "sqlite:/from/file.db"\npolicy:\n  min_max_age: 2s\n  guesses_per_minute: 7\n  idle: 60d\n'
  const config = read({ CONFIG: '/etc/countersign.yaml', WORKERS: '2' }, file)
  t.match(config, {
    workers: 2,
    store: { file: '/from/file.db' },
    policy: { minMaxAge: 2_000, guessesPerMinute: 7, idle: 60 * 86_400_000 },
  })
  t.equal(config.policy.ticketLifetime, DEFAULT_POLICY.ticketLifetime)
  t.match(read({ CONFIG: '/etc/countersign.json' }, '{"workers": 5, "policy": {"idle": "1h"}}'), {
    workers: 5,
    policy: { idle: 3_600_000 },
  })
})

/** A setting that cannot be taken, and what its sentence must name. */
const FAULTS: readonly (readonly [settings: Settings, named: readonly string[], file?: string])[] = [
  [{ HOME: '' }, ['COUNTERSIGN_HOME', 'certs-dev']],
  [{ STORE: '' }, ['COUNTERSIGN_STORE', 'sqlite:', 'postgres://']],
  [{ STORE: 'mysql://x' }, ['COUNTERSIGN_STORE']],
  [{ STORE: '/var/lib/x.db' }, ['COUNTERSIGN_STORE']],
  [{ STORE: 'sqlite:' }, ['COUNTERSIGN_STORE']],
  [{ STORE: 'postgres://' }, ['COUNTERSIGN_STORE']],
  [{ API_URL: 'id.example' }, ['COUNTERSIGN_API_URL', 'https://']],
  [{ API_URL: 'http://id.example' }, ['COUNTERSIGN_API_URL', 'https://']],
  [{ API_URL: 'https://id.example/path' }, ['COUNTERSIGN_API_URL']],
  [{ API_URL: 'https://id.example?x' }, ['COUNTERSIGN_API_URL']],
  [{ API_URL: 'https://id.example#x' }, ['COUNTERSIGN_API_URL']],
  [{ API_URL: 'https://a:b@id.example' }, ['COUNTERSIGN_API_URL']],
  [{ API_URL: '' }, ['COUNTERSIGN_API_URL']],
  [{ PKI_URL: 'https://pki.example' }, ['COUNTERSIGN_PKI_URL', 'http://']],
  [{ API_LISTEN: '8443' }, ['COUNTERSIGN_API_LISTEN', '127.0.0.1:8443']],
  [{ API_LISTEN: ':8443' }, ['COUNTERSIGN_API_LISTEN']],
  [{ API_LISTEN: 'localhost:8443' }, ['COUNTERSIGN_API_LISTEN']],
  [{ API_LISTEN: '::1:8443' }, ['COUNTERSIGN_API_LISTEN']],
  [{ API_LISTEN: '127.0.0.1:65536' }, ['COUNTERSIGN_API_LISTEN']],
  [{ API_LISTEN: '127.0.0.1:' }, ['COUNTERSIGN_API_LISTEN']],
  [{ API_LISTEN: '127.0.0.1:-1' }, ['COUNTERSIGN_API_LISTEN']],
  [{ OPS_LISTEN: '0.0.0.0:8490' }, ['COUNTERSIGN_OPS_LISTEN', 'loopback']],
  [{ OPS_LISTEN: '[::]:8490' }, ['COUNTERSIGN_OPS_LISTEN', 'loopback']],
  [{ API_TLS: '/chain.pem' }, ['COUNTERSIGN_API_TLS', 'two files']],
  [{ API_TLS: ',/key.pem' }, ['COUNTERSIGN_API_TLS']],
  [{ API_TLS: '/a,/b,/c' }, ['COUNTERSIGN_API_TLS']],
  [{ SIGNON_URL: 'https://other.example' }, ['COUNTERSIGN_SIGNON_URL', 'COUNTERSIGN_PORTAL_URL']],
  [{ PORTAL_URL: 'https://id.example', SIGNON_URL: 'https://evilid.example' }, ['COUNTERSIGN_SIGNON_URL']],
  [{ PORTAL_URL: 'https://id.example', SIGNON_URL: 'https://example' }, ['COUNTERSIGN_SIGNON_URL']],
  [{ WORKERS: '0' }, ['COUNTERSIGN_WORKERS', '1 to 64']],
  [{ WORKERS: '65' }, ['COUNTERSIGN_WORKERS']],
  [{ WORKERS: '1.5' }, ['COUNTERSIGN_WORKERS']],
  [{ WORKERS: ' 1' }, ['COUNTERSIGN_WORKERS']],
  [{ WORKERS: '0x1' }, ['COUNTERSIGN_WORKERS']],
  [{ CACHE: 'many' }, ['COUNTERSIGN_CACHE']],
  [{ CHECK_URL: 'check.localhost' }, ['COUNTERSIGN_CHECK_URL', 'https://*.']],
  [{ CHECK_URL: 'http://*.check.localhost:8445' }, ['COUNTERSIGN_CHECK_URL']],
  [{ CHECK_URL: 'https://check.localhost:8445' }, ['COUNTERSIGN_CHECK_URL']],
  [{ SEAL_KEY_FILE: '' }, ['COUNTERSIGN_SEAL_KEY_FILE']],
  [{ KEY_PASSPHRASE_FILE: '' }, ['COUNTERSIGN_KEY_PASSPHRASE_FILE']],
  [{ API_LISTEN: '127.0.0.1:8444' }, ['COUNTERSIGN_API_LISTEN', 'COUNTERSIGN_PORTAL_LISTEN', '127.0.0.1:8444']],
  [{ PORTAL_URL: 'https://localhost:8445' }, ['COUNTERSIGN_PORTAL_LISTEN', 'COUNTERSIGN_SIGNON_LISTEN']],
  [{ API_URI: 'x' }, ['COUNTERSIGN_API_URI', 'COUNTERSIGN_API_URL']],
  [{ STORES: 'x' }, ['COUNTERSIGN_STORES', 'COUNTERSIGN_STORE']],
  [{ ADMIN_TLS: '/a,/b' }, ['COUNTERSIGN_ADMIN_TLS']],
  [{ CONFIG: '/gone' }, ['COUNTERSIGN_CONFIG', '/gone']],
  [{ CONFIG: '/c.yaml' }, ['COUNTERSIGN_CONFIG', '/c.yaml'], 'a: [1'],
  [{ CONFIG: '/c.yaml' }, ['COUNTERSIGN_CONFIG'], '[1, 2]'],
  [{ CONFIG: '/c.yaml' }, ['COUNTERSIGN_CONFIG'], ''],
  [{ CONFIG: '/c.yaml' }, ['worker ', 'workers'], 'worker: 2'],
  [{ CONFIG: '/c.yaml' }, ['config '], 'config: /other.yaml'],
  [{ CONFIG: '/c.yaml' }, ['workers', 'text or a number'], 'workers: [2]'],
  [{ CONFIG: '/c.yaml' }, ['workers'], 'workers: true'],
  [{ CONFIG: '/c.yaml' }, ['COUNTERSIGN_WORKERS'], 'workers: 100'],
  [{ CONFIG: '/c.yaml' }, ['policy.min_maxage', 'policy.min_max_age'], 'policy: { min_maxage: 2s }'],
  [{ CONFIG: '/c.yaml' }, ['policy.minMaxAge'], 'policy: { minMaxAge: 2s }'],
  [{ CONFIG: '/c.yaml' }, ['policy.constructor'], 'policy: { constructor: 2s }'],
  [{ CONFIG: '/c.yaml' }, ['policy.idle', '90d'], 'policy: { idle: 30 }'],
  [{ CONFIG: '/c.yaml' }, ['policy.idle'], 'policy: { idle: 0s }'],
  [{ CONFIG: '/c.yaml' }, ['policy.idle'], 'policy: { idle: -1d }'],
  [{ CONFIG: '/c.yaml' }, ['policy.idle'], 'policy: { idle: 1.5d }'],
  [{ CONFIG: '/c.yaml' }, ['policy.guesses_per_minute'], 'policy: { guesses_per_minute: 0 }'],
  [{ CONFIG: '/c.yaml' }, ['policy'], 'policy: 5'],
]

for (const [settings, named, file] of FAULTS) {
  const what = [
    ...Object.entries(settings).map(([name, value]) => `${name}=${value}`),
    ...(file === undefined ? [] : [JSON.stringify(file)]),
  ]
  t.test(`refused: ${what.join(' ')}`, async (t) => {
    const faults = faultsOf(settings, file)
    t.equal(faults.length, 1, faults.join('\n'))
    for (const name of named) t.ok(faults[0]?.includes(name), name)
  })
}

t.test('all faults are told at once', async (t) => {
  const faults = faultsOf(
    { STORE: 'x', WORKERS: 'x', API_URL: 'x', OPS_LISTEN: 'x', NONSENSE: 'x', CONFIG: '/c.yaml' },
    'policy: { idle: x, walk: 1s }\nworkerz: 1',
  )
  for (const name of [
    'COUNTERSIGN_STORE',
    'COUNTERSIGN_WORKERS',
    'COUNTERSIGN_API_URL',
    'COUNTERSIGN_OPS_LISTEN',
    'COUNTERSIGN_NONSENSE',
    'policy.idle',
    'policy.walk',
    'workerz',
  ]) {
    t.equal(faults.filter((fault) => fault.startsWith(`${name} `)).length, 1, name)
  }
  t.equal(faults.length, 8, faults.join('\n'))
})

t.test('without a home from anywhere there is none', async (t) => {
  t.throws(() => readConfig({ env: {}, defaultHome: undefined, ceilings: CEILINGS, readFile: () => '' }), {
    code: 'config-invalid',
  })
})

t.test('what is not ours in the environment is not looked at', async (t) => {
  const env = { PATH: '/bin', countersign_home: '/x', HOME: '/root', COUNTERSIGNED: '1' }
  t.equal(readConfig({ env, defaultHome: HOME, ceilings: CEILINGS, readFile: () => '' }).home, HOME)
})

function read(settings: Settings, file?: string): Config {
  const env = Object.fromEntries(Object.entries(settings).map(([name, value]) => [`COUNTERSIGN_${name}`, value]))
  const readFile = () => {
    if (file === undefined) throw new Error('ENOENT: no such file')
    return file
  }
  return readConfig({ env, defaultHome: HOME, ceilings: CEILINGS, readFile })
}

/** The sentences of the refusal, without their bullets. */
function faultsOf(settings: Settings, file?: string): string[] {
  try {
    read(settings, file)
    return []
  } catch (error) {
    if (!(error instanceof IdentityError) || error.code !== 'config-invalid') throw error
    return error.message.split('\n  - ').slice(1)
  }
}
