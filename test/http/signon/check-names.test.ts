import type { FastifyRequest } from 'fastify'
import t from 'tap'
import { checkNames, requireDialedName } from '../../../src/http/signon/check-names.ts'

t.test('fresh names, and what is answered under them', async (t) => {
  const { fresh, includes, admits } = checkNames('https://*.check.id.example:8445')
  const [one, other] = [fresh()!, fresh()!]
  t.not(one, other)
  t.match(one, /^https:\/\/[0-9a-f]{16}\.check\.id\.example:8445$/)
  t.ok(includes(new URL(one).host))
  for (const path of ['/check', '/check?from=enrollment', '/assets/style.css']) t.ok(admits(new URL(one).host, path))
  for (const path of ['/', '/checks', '/check/', '/revalidate/x', '/account', '/evict', '/sign-out', '/assets'])
    t.notOk(admits(new URL(one).host, path), path)
  const wrong = [
    'check.id.example:8445',
    '.check.id.example:8445',
    'a.b.check.id.example:8445',
    'a.check.id.example',
    'a.check.id.example:8446',
    'a.evil.example:8445',
    'evil?.check.id.example:8445',
  ]
  for (const authority of wrong) t.notOk(includes(authority), authority)
})

t.test('on the standard port, which no authority names', async (t) => {
  const { fresh, includes } = checkNames('https://*.check.id.example')
  t.ok(includes('a1.check.id.example'))
  t.ok(includes(new URL(fresh()!).host))
})

t.test('where there are none', async (t) => {
  const { fresh, includes, admits } = checkNames(undefined)
  t.equal(fresh(), undefined)
  t.notOk(includes('a.check.localhost:8445'))
  t.notOk(admits('a.undefined', '/check'))
})

t.test('only the name that was dialed is answered for on a connection', async (t) => {
  const ask = (servername: string | false, authority: string) =>
    requireDialedName({
      raw: { socket: { servername } },
      headers: { ':authority': authority },
    } as unknown as FastifyRequest)
  await t.resolves(ask('id.example', 'id.example:8445'))
  await t.resolves(ask('ID.example', 'id.EXAMPLE'))
  await t.resolves(ask(false, '127.0.0.1:8445'), 'no name is sent with an address')
  await t.rejects(ask('id.example', 'a.check.id.example:8445'), { code: 'misdirected' })
  await t.rejects(ask('a.check.id.example', 'id.example:8445'), { code: 'misdirected' })
})
