import t from 'tap'
import { ACCOUNT_ROUTES } from '../../../../src/http/signon/account/account-routes.ts'
import { BROWSER, codeOf, OWN_FORM } from '../../visitor.ts'
import { setScene } from '../scene.ts'
import { enter } from './owner.ts'

t.test('each address once, and each change of what guards the account wants a fresh proof', async (t) => {
  const names = ACCOUNT_ROUTES.map(({ method, address }) => `${method} ${address}`)
  t.equal(new Set(names).size, names.length)
  for (const { method, address, needs } of ACCOUNT_ROUTES) {
    if (method === 'POST' && /checks|erase|renew/.test(address)) t.equal(needs, 'fresh-proof', address)
    if (needs === 'certificate') t.equal(address, '/account/open')
  }
})

t.test('no address lets anybody in who is not signed in', async (t) => {
  const scene = await setScene(t)
  const owner = await enter(scene)
  for (const { method, address, needs } of ACCOUNT_ROUTES) {
    if (needs === 'certificate') continue
    const path = address.replace(/:\w+/g, '0'.repeat(32))
    const { accept: _accept, ...program } = OWN_FORM
    const headers = method === 'POST' ? program : {}
    const body = method === 'POST' ? `token=${owner.token}` : undefined
    const refused = await scene.visit({ path, method, headers, body })
    t.equal(refused.status, 403, `${method} ${address}`)
    t.equal(codeOf(refused), 'session-missing')
  }
})

t.test('every page of it is one: no script but ours, no markup from anybody', async (t) => {
  const scene = await setScene(t)
  const owner = await enter(scene)
  for (const { method, address } of ACCOUNT_ROUTES) {
    if (method !== 'GET' || address.includes(':') || address.endsWith('.json')) continue
    for (const language of ['en', 'de', 'fr', 'es']) {
      const page = await owner.get(address, { ...BROWSER, 'accept-language': language })
      t.equal(page.status, 200, address)
      t.match(page.text, `<html lang="${language}">`)
      t.notMatch(page.text, /<script(?! type="module" src="\/assets)|<style| style=| on[a-z]+="/)
      t.match(page.headers, { 'cache-control': 'no-store', 'content-type': 'text/html; charset=utf-8' })
      t.match(page.headers['content-security-policy'], "default-src 'none'")
    }
  }
})
