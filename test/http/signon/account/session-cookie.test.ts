import t from 'tap'
import { ENDED_COOKIE, readSessionCookie, sessionCookie } from '../../../../src/http/signon/account/session-cookie.ts'

t.test('it goes over https alone, to this host, never to a script or with another site’s request', async (t) => {
  t.equal(sessionCookie('abc'), '__Host-countersign-session=abc; Secure; HttpOnly; SameSite=Strict; Path=/')
  t.equal(ENDED_COOKIE, '__Host-countersign-session=; Secure; HttpOnly; SameSite=Strict; Path=/; Max-Age=0')
})

const HEADERS: readonly (readonly [string | undefined, string | undefined])[] = [
  [undefined, undefined],
  ['', undefined],
  ['a=b; c', undefined],
  ['__Host-countersign-session=abc', 'abc'],
  ['a=b;  __Host-countersign-session=abc ; c=d', 'abc'],
  ['__Host-countersign-session=a=b', 'a=b'],
  ['__host-countersign-session=abc', undefined],
  ['countersign-session=abc', undefined],
  ['__Host-countersign-session=abc; __Host-countersign-session=abd', undefined],
]

t.test('one is read, two are none', async (t) => {
  for (const [header, value] of HEADERS) t.equal(readSessionCookie(header), value, String(header))
})
