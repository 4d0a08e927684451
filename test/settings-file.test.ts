import t from 'tap'
import { NO_SETTINGS_FILE, readSettingsFile } from '../src/settings-file.ts'

t.test('JSON is YAML; numbers become texts; policies stay what they are', async (t) => {
  const expected = {
    settings: { workers: '2', store: 'sqlite:x' },
    policy: { idle: '30d', guesses_per_minute: 5 },
    plans: { free: {} },
  }
  for (const text of [
    'workers: 2\nstore: sqlite:x\npolicy: { idle: 30d, guesses_per_minute: 5 }\nplans: { free: {} }\n',
    '{"workers": 2, "store": "sqlite:x", "policy": {"idle": "30d", "guesses_per_minute": 5}, "plans": {"free": {}}}',
  ]) {
    t.same(read(text), { file: expected, faults: [] })
  }
  t.same(read('{}'), { file: NO_SETTINGS_FILE, faults: [] })
})

t.test('what cannot be taken is left out, with a sentence for each', async (t) => {
  const { file, faults } = read('workers: [1]\nstore: null\ncache: 5\nhome: { a: 1 }\npolicy: none\nplans: []\n')
  t.same(file, { ...NO_SETTINGS_FILE, settings: { cache: '5' } })
  t.same(
    faults.map((fault) => fault.split(' in ')[0]),
    ['workers', 'store', 'home', 'policy', 'plans'],
  )
})

t.test('a file that is not there, or holds no settings, is one fault that names it', async (t) => {
  for (const text of [undefined, 'a: [1', '', 'text', '5', '[]', 'a: 1\na: 2']) {
    const { file, faults } = read(text)
    t.same(file, NO_SETTINGS_FILE)
    t.equal(faults.length, 1, text ?? 'no file')
    t.match(faults[0], /^VARIABLE names \/etc\/file, which /)
  }
})

function read(text: string | undefined) {
  const faults: string[] = []
  const readFile = (path: string): string => {
    if (text === undefined) throw new Error(`ENOENT: ${path}`)
    return text
  }
  return { file: readSettingsFile('VARIABLE', '/etc/file', readFile, faults), faults }
}
