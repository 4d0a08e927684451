import t from 'tap'
import { type ErrorCode, IdentityError } from '../../src/errors.ts'
import { faceOf, renderProblemPage, wayToStart } from '../../src/http/page-problem.ts'
import { toProblem } from '../../src/http/problem.ts'

const FRAME = { stylesheet: '/s.css', icon: '/i.svg', language: 'en' } as const

function pageOf(code: ErrorCode, message = 'What happened, and what to do.'): string {
  return renderProblemPage(toProblem(new IdentityError(code, message), 'an-id'), FRAME)
}

t.test('heading, sentence, and a reference for the operator', async (t) => {
  const page = pageOf('ticket-foreign')
  t.match(page, '<h1>Another certificate is needed</h1>')
  t.match(page, /<p>\w[^<]{40,}<\/p>/)
  t.match(page, '<code>ticket-foreign</code> <code>an-id</code>')
})

t.test('what programs are told is not what people are told', async (t) => {
  t.notMatch(pageOf('not-found', 'See docs/SITES.md'), 'SITES')
  for (const code of ['internal', 'query-invalid', 'signer-refused'] as const) {
    t.match(pageOf(code, 'secret detail'), '<h1>Something went wrong</h1>')
    t.notMatch(pageOf(code, 'secret detail'), 'secret detail')
  }
})

t.test('a way on, where there is one', async (t) => {
  const problem = toProblem(new IdentityError('ticket-spent', 'Used.'), 'an-id')
  const page = renderProblemPage(problem, FRAME, { address: 'https://a.example/?x="1"', text: 'Continue' })
  t.match(page, '<a class="button" href="https://a.example/?x=&quot;1&quot;">Continue</a>')
  t.notMatch(renderProblemPage(problem, FRAME), 'class="button"')
})

t.test('the front door, in the language of the page', async (t) => {
  t.match(wayToStart('https://id.test', 'de'), { address: 'https://id.test/', text: /\w/ })
  t.not(wayToStart('', 'de').text, wayToStart('', 'en').text)
})

t.test('a refusal is told in the language of the page', async (t) => {
  const problem = toProblem(new IdentityError('ticket-spent', 'Used.'), 'an-id')
  const german = renderProblemPage(problem, { ...FRAME, language: 'de' })
  t.match(german, '<html lang="de">')
  t.match(german, faceOf(problem, 'de').heading)
  t.not(faceOf(problem, 'de').heading, faceOf(problem, 'en').heading)
})
