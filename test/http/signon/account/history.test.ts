import t from 'tap'
import { renderHistoryPage } from '../../../../src/http/signon/account/history-page.ts'
import { setOwner } from './owner.ts'

t.test('what happened, in a sentence each', async (t) => {
  const owner = await setOwner(t)
  const page = (await owner.get('/account/history')).text
  t.match(page, 'This account was opened')
  t.match(page, 'Your account was set up')
  t.match(page, '<bdi>Laptop &lt;b&gt;')
})

t.test('who did it, where, and when', async (t) => {
  const frame = { stylesheet: '/s.css', icon: '/i.svg', language: 'en' } as const
  const event = {
    at: Date.UTC(2026, 10, 21, 13),
    kind: 'certificate-held',
    device: undefined,
    site: undefined,
  } as const
  const events = [
    { ...event, by: 'operator' },
    { ...event, by: 'service', site: 'shop' },
    { ...event, by: 'you' },
  ] as const
  const page = renderHistoryPage({ events, token: 't', frame })
  t.match(page, 'A device was put on hold by the operator</p>')
  t.match(page, 'A device was put on hold by itself</p>')
  t.match(page, 'A device was put on hold</p>')
  t.match(page, /UTC · Site: shop<\/p>/)
})
