import t from 'tap'
import { drawPassword } from '../../src/web/file-password.ts'

t.test('16 unambiguous letters, evenly drawn', async (t) => {
  const counts = new Map<string, number>()
  for (let i = 0; i < 2_000; i++) {
    const password = drawPassword()
    if (!/^[a-hjkmnp-z]{16}$/.test(password)) t.fail(password)
    for (const letter of password) counts.set(letter, (counts.get(letter) ?? 0) + 1)
  }
  t.equal(counts.size, 23)
  const mean = (2_000 * 16) / 23
  // Seven standard deviations: by chance once in 10^11 runs.
  for (const [letter, count] of counts) t.ok(Math.abs(count - mean) < 7 * Math.sqrt(mean), `${letter}: ${count}`)
})

t.test('bytes that would favor some letters are thrown away, however many come', async (t) => {
  const { getRandomValues } = crypto
  t.teardown(() => {
    crypto.getRandomValues = getRandomValues
  })
  let draws = 0
  crypto.getRandomValues = ((array: Uint8Array) => array.fill(draws++ < 3 ? 255 : 22)) as typeof getRandomValues
  t.equal(drawPassword(), 'z'.repeat(16))
  t.equal(draws, 4)
})
