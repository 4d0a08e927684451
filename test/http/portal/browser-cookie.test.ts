import t from 'tap'
import { markOf } from '../../../src/http/portal/browser-cookie.ts'

t.test('a browser is given a value once, and others learn its hash alone', async (t) => {
  const first = markOf(undefined)
  t.match(first.setCookie, /^__Host-countersign-browser=[\w-]{43}; Secure; HttpOnly; SameSite=Lax; Path=\/$/)
  const cookie = first.setCookie!.split(';')[0]!
  t.same(markOf(`a=b; ${cookie}`), { digest: first.digest, setCookie: undefined })
  t.match(first.digest, /^[\w-]{43}$/)
  t.notOk(cookie.includes(first.digest))
  t.not(markOf(undefined).digest, first.digest)
})

t.test('what is none of ours, or is there twice, is none', async (t) => {
  const [name, value] = ['__Host-countersign-browser', 'A'.repeat(43)]
  t.equal(markOf(`${name}=${value}`).setCookie, undefined)
  for (const header of ['', `${name}=`, `${name}=${value}A`, `${name}=${value}; ${name}=${value}`, `x${name}=${value}`])
    t.ok(markOf(header).setCookie, header)
})
