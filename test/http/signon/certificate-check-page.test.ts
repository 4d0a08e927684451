import t from 'tap'
import {
  type CheckView,
  renderCheckPage,
  renderSignedOutPage,
} from '../../../src/http/signon/certificate-check-page.ts'

const FRAME = { stylesheet: '/assets/s.css', icon: '/assets/i.svg', language: 'en' } as const
const KNOWN = { shown: 'known', label: '<i>Mine</i>', standing: 'good', expected: undefined } as const
const VIEW: CheckView = {
  shown: KNOWN,
  step: { next: 'done' },
  enrolling: false,
  atHome: true,
  ways: { again: '/check?tried=evicted', goOn: 'https://id.test/check', askFresh: 'https://a.check.id.test/check' },
  onward: undefined,
}
const ids = (view: Partial<CheckView>) =>
  [...renderCheckPage({ ...VIEW, ...view }, FRAME).matchAll(/<a [^>]*id="([\w-]+)"/g)].map(([, id]) => id)

t.test('each step has its clicks, the next one first', async (t) => {
  t.same(ids({}), ['account', 'again'])
  t.same(ids({ onward: 'https://shop.example/' }), ['onward', 'account', 'again'])
  t.same(ids({ shown: { ...KNOWN, standing: 'ending' } }), ['renew', 'account', 'again'])
  t.same(ids({ onward: 'https://shop.example/', enrolling: true }), ['onward'])
  t.same(ids({ step: { next: 'use-another' } }), ['again'])
  t.same(ids({ step: { next: 'look-again' }, shown: { shown: 'none' } }), ['again', 'fresh'])
  t.same(ids({ step: { next: 'ask-fresh', remark: 'same' } }), ['fresh'])
  t.same(ids({ step: { next: 'go-on', remark: 'fresh' }, atHome: false }), ['go-on', 'fresh'])
  const without = { ...VIEW.ways, askFresh: undefined }
  t.same(ids({ step: { next: 'look-again' }, ways: without }), ['again'], 'no fresh names, no click to them')
})

t.test('whoever was never set up is told how, unless a file of this enrollment waits', async (t) => {
  const told = (view: Partial<CheckView>) => renderCheckPage({ ...VIEW, ...view }, FRAME).includes('id="newcomer"')
  t.ok(told({ shown: { shown: 'none' }, step: { next: 'look-again' } }))
  t.notOk(told({ shown: { shown: 'none' }, step: { next: 'look-again' }, enrolling: true }))
  t.notOk(told({}))
})

t.test('what is shown is told by name, and labels are data', async (t) => {
  const headings = new Set<string>()
  const findings: readonly Partial<CheckView>[] = [
    {},
    { enrolling: true },
    { shown: { ...KNOWN, standing: 'ending' } },
    { shown: { ...KNOWN, expected: false } },
    { shown: { ...KNOWN, standing: 'held', expected: false } },
    { shown: { ...KNOWN, standing: 'revoked' } },
    { shown: { ...KNOWN, standing: 'expired' } },
    { shown: { ...KNOWN, standing: 'not-yet-valid' } },
    { shown: { shown: 'none' } },
    { shown: { shown: 'unknown' } },
  ]
  for (const finding of findings) {
    const page = renderCheckPage({ ...VIEW, ...finding }, FRAME)
    headings.add(/data-shown="([^"]+)"/.exec(page)![1]!)
    t.notMatch(page, '<i>')
  }
  t.equal(headings.size, findings.length)
  t.match(renderCheckPage(VIEW, FRAME), '&lt;i&gt;Mine&lt;/i&gt;')
})

t.test('signed out, in every language', async (t) => {
  const pages = (['en', 'de', 'fr', 'es'] as const).map((language) =>
    renderSignedOutPage({ ...FRAME, language, script: '/assets/check.js' }, '/check'),
  )
  t.equal(new Set(pages).size, 4)
  for (const page of pages) t.match(page, /id="forget"[\s\S]*href="\/check"/)
})
