import t from 'tap'
import { html } from '../../../../src/http/page.ts'
import { day, deedForm, hour, monthName, renderAccountPage } from '../../../../src/http/signon/account/account-page.ts'

const FRAME = { stylesheet: '/s.css', icon: '/i.svg', language: 'en' } as const
const DEUTSCH = { ...FRAME, language: 'de' } as const
const TIME = Date.UTC(2026, 10, 21, 13)

t.test('where its reader is, and the way out with the session’s token', async (t) => {
  const page = renderAccountPage({ title: 'X', frame: FRAME, place: 'sites', token: '"t', main: html`<h1>X</h1>` })
  t.match(page, '<a href="/account/sites" aria-current="page">Sites</a>')
  t.equal(page.match(/aria-current/g)?.length, 1)
  t.match(page, 'action="/account/leave"><input type="hidden" name="token" value="&quot;t">')
  t.notMatch(renderAccountPage({ title: 'X', frame: FRAME, token: 't', main: html`` }), 'aria-current')
})

t.test('a deed is a form of its own', async (t) => {
  t.match(deedForm('/x', 't', 'Do <it>', 'warning').text, '<button class="warning">Do &lt;it&gt;</button>')
})

t.test('times as their readers write them', async (t) => {
  t.equal(day(TIME, FRAME).text, '<time datetime="2026-11-21T13:00:00.000Z">Nov 21, 2026</time>')
  t.match(day(TIME, DEUTSCH).text, '21.11.2026')
  t.match(hour(TIME, DEUTSCH).text, /13:00<\/time> UTC$/)
  t.equal(monthName(202_601, FRAME), 'January 2026')
  t.equal(monthName(202_612, DEUTSCH), 'Dezember 2026')
})
