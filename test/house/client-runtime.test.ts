import t from 'tap'
import { readTree } from './tree.ts'

/** What Node 24 has and Node 22 has not, of the language and of its own. */
const NEWER: Readonly<Record<string, RegExp>> = {
  'RegExp.escape': /\bRegExp\.escape\b/,
  'modifiers in a regular expression': /\(\?[ims]*-?[ims]+:/,
  'Error.isError': /\bError\.isError\b/,
  'Promise.try': /\bPromise\.try\b/,
  'bytes from and to text': /\.(?:fromBase64|fromHex|setFromBase64|setFromHex|toBase64|toHex)\(/,
  'explicit resource management': /\b(?:await )?using \w+ =|\bDisposableStack\b/,
  'half precision': /\bFloat16Array\b|\bf16round\b|etFloat16\b/,
  'sums without rounding, and iterators in a row': /\bMath\.sumPrecise\b|\bIterator\.concat\b/,
  'getOrInsert of maps': /\.getOrInsert(?:Computed)?\(/,
  'a global URLPattern': /\bURLPattern\b/,
  'Intl.DurationFormat': /\bDurationFormat\b/,
  'import.meta.main': /\bimport\.meta\.main\b/,
  'pauses of an agent': /\bAtomics\.pause\b/,
  'modules of Node': /['"]node:(?:sqlite|ffi|quic|stream\/iter)['"]/,
}

const ROOT = new URL('../..', import.meta.url).pathname

t.test('the library of sites uses nothing that Node 22 lacks', async (t) => {
  const files = readTree(ROOT).filter(({ path }) => path.startsWith('src/client/'))
  t.ok(files.length > 10)
  for (const { path, source } of files)
    for (const [name, pattern] of Object.entries(NEWER)) t.notMatch(source.text, pattern, `${path}: ${name}`)
})

t.test('what is newer is known where it stands', async (t) => {
  for (const text of [
    'new RegExp(RegExp.escape(name))',
    '/(?i:a)/',
    'Buffer.fromBase64(text)',
    'await using file = open()',
    'new URLPattern(address)',
    "import { DatabaseSync } from 'node:sqlite'",
  ])
    t.ok(
      Object.values(NEWER).some((pattern) => pattern.test(text)),
      text,
    )
})
