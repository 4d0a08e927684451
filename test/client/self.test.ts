import t from 'tap'
import { describeSelf } from '../../src/client/self.ts'
import { READING } from './signing.ts'

const SITE = {
  return_to: ['https://shop.example/'],
  min_max_age: 30,
  check: 'https://id.example/check',
  browser_issuer: 'PEM of one, PEM of another',
  certificate: { not_after: '2027-01-03T00:00:00.000Z', renew_at: '2027-01-02T00:00:00.000Z' },
  signed_verdicts: { ...READING },
}

t.test('what the service says of the site', async (t) => {
  t.same(await describe(SITE), {
    self: {
      returnTo: SITE.return_to,
      checkPage: SITE.check,
      browserIssuer: SITE.browser_issuer,
      minMaxAge: 30,
      notAfter: Date.UTC(2027, 0, 3),
      renewAt: Date.UTC(2027, 0, 2),
      reading: READING,
    },
    date: 7,
  })
})

t.test('what lacks something is not understood', async (t) => {
  for (const name of Object.keys(SITE).filter((one) => one !== 'min_max_age'))
    await t.rejects(describe({ ...SITE, [name]: undefined }), { code: 'answer-unreadable' }, name)
  for (const keys of [undefined, 'x', [null]])
    await t.rejects(describe({ ...SITE, signed_verdicts: { ...READING, keys } }), { code: 'answer-unreadable' })
  const certificate = { ...SITE.certificate, renew_at: 'soon' }
  await t.rejects(describe({ ...SITE, certificate }), { code: 'answer-unreadable' })
})

function describe(json: object) {
  return describeSelf({ ask: async () => ({ json, date: 7, sentAt: 0 }) })
}
