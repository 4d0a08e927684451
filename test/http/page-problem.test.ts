import t from 'tap'
import { type ErrorCode, IdentityError } from '../../src/errors.ts'
import { renderProblemPage } from '../../src/http/page-problem.ts'
import { toProblem } from '../../src/http/problem.ts'

const ASSETS = { stylesheet: '/s.css', icon: '/i.svg' }

function pageOf(code: ErrorCode, message = 'What happened, and what to do.'): string {
  return renderProblemPage(toProblem(new IdentityError(code, message), 'an-id'), ASSETS)
}

t.test('heading, sentence, and a reference for the operator', async (t) => {
  const page = pageOf('ticket-foreign', 'Not <yours>.')
  t.match(page, '<h1>Another certificate is needed</h1>')
  t.match(page, '<p>Not &lt;yours&gt;.</p>')
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
  const page = renderProblemPage(problem, ASSETS, { address: 'https://a.example/?x="1"', text: 'Continue' })
  t.match(page, '<a class="button" href="https://a.example/?x=&quot;1&quot;">Continue</a>')
  t.notMatch(renderProblemPage(problem, ASSETS), 'class="button"')
})
