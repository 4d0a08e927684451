import { readFileSync } from 'node:fs'
import { Type } from '@sinclair/typebox'
import fastify from 'fastify'
import t from 'tap'
import ts from 'typescript'
import { type ErrorCode, IdentityError } from '../../src/errors.ts'
import { toProblem } from '../../src/http/problem.ts'

/** Which status a site, a person or an operator can rely on. */
const PROMISED: Readonly<Partial<Record<ErrorCode, number>>> = {
  'query-invalid': 400,
  'max-age-too-small': 400,
  'return-to-refused': 400,
  'certificate-malformed': 400,
  'der-malformed': 400,
  'pem-malformed': 400,
  'body-malformed': 400,
  'caller-refused': 403,
  'right-missing': 403,
  'certificate-unknown': 404,
  'site-unknown': 404,
  'not-found': 404,
  'method-not-allowed': 405,
  'certificate-revoked': 409,
  'invitation-unusable': 410,
  'ticket-unusable': 410,
  'ticket-spent': 410,
  'body-too-large': 413,
  'media-type-unsupported': 415,
  misdirected: 421,
  'too-many-guesses': 429,
  internal: 500,
  'store-unavailable': 503,
  'signer-unavailable': 503,
}

t.test('every way to refuse has a problem of its own, and a client’s fault is never ours', async (t) => {
  const codes = errorCodes()
  t.ok(codes.length > 40)
  for (const code of codes) {
    const problem = toProblem(new IdentityError(code, 'What was wrong.'), 'an-id')
    t.match(
      problem,
      { type: `urn:countersign:problem:${code}`, code, instance: 'urn:uuid:an-id', title: /^[A-Z]|^max_age/ },
      code,
    )
    t.ok(problem.status >= 400 && problem.status < 600, code)
  }
  t.equal(new Set(codes.map((code) => toProblem(new IdentityError(code, ''), '').title)).size, codes.length)
})

t.test('the statuses that others rely on', async (t) => {
  for (const [code, status] of Object.entries(PROMISED)) {
    t.equal(toProblem(new IdentityError(code as ErrorCode, ''), '').status, status, code)
  }
})

t.test('the public sentence is told; what the house is ill with is not, and no cause ever', async (t) => {
  const cause = new Error('secret /var/lib/countersign')
  t.equal(toProblem(new IdentityError('query-invalid', 'Say it so.', { cause }), 'x').detail, 'Say it so.')
  t.equal(toProblem(new IdentityError('store-unavailable', 'Ask again.', { cause }), 'x').detail, 'Ask again.')
  for (const error of [
    new IdentityError('internal', 'secret', { cause }),
    new IdentityError('key-file-unreadable', 'secret', { cause }),
    new IdentityError('schema-newer', 'secret', { cause }),
    new TypeError('secret'),
    Object.assign(new Error('secret'), { code: 'ENOENT' }),
    Object.assign(new Error('secret'), { code: 'constructor' }),
    Object.assign(new Error('secret'), { code: 42, statusCode: 200 }),
    'secret',
    { message: 'secret', code: 'query-invalid' },
    undefined,
    null,
  ]) {
    const problem = toProblem(error, 'x')
    t.equal(problem.status, 500)
    t.notMatch(JSON.stringify(problem), /secret/)
  }
})

t.test('what the framework refuses is a client’s fault, told without the client’s words', async (t) => {
  for (const [code, status] of [
    ['FST_ERR_CTP_BODY_TOO_LARGE', 413],
    ['FST_ERR_CTP_INVALID_MEDIA_TYPE', 415],
    ['FST_ERR_CTP_EMPTY_JSON_BODY', 400],
    ['FST_ERR_CTP_INVALID_JSON_BODY', 400],
    ['FST_ERR_CTP_INVALID_CONTENT_LENGTH', 400],
    ['FST_ERR_VALIDATION', 400],
    ['FST_ERR_BAD_URL', 404],
    ['FST_ERR_MAX_PARAM_LENGTH', 404],
  ] as const) {
    const problem = toProblem(Object.assign(new Error('secret words'), { code, statusCode: 418 }), 'x')
    t.equal(problem.status, status, code)
    t.notMatch(JSON.stringify(problem), 'secret')
  }
})

t.test('a request of another shape is told where, in words of the schema alone', async (t) => {
  const app = fastify({ ajv: { customOptions: { coerceTypes: false, removeAdditional: false } } })
  t.teardown(() => app.close())
  app.setErrorHandler((error, _request, reply) => reply.status(400).send(toProblem(error, 'x')))
  const text = Type.String({ maxLength: 3 })
  const body = Type.Object(
    { account: text, marks: Type.Optional(Type.Record(Type.String(), text)) },
    { additionalProperties: false },
  )
  app.put('/', { schema: { body, querystring: Type.Object({ month: Type.Optional(text) }) } }, () => '')
  for (const [url, payload, told] of [
    ['/', {}, /^The body lacks "account"/],
    ['/', { account: 'secret' }, /^The body, at "account",/],
    ['/', { account: 'a', secret: 1 }, /^The body has a name/],
    ['/', { account: 'a', marks: { secret: 'secret' } }, /^The body, at "marks",/],
    ['/?month=secret', { account: 'a' }, /question mark, at "month",/],
  ] as const) {
    const problem = (await app.inject({ method: 'PUT', url, payload })).json()
    t.match(problem, { code: 'query-invalid', status: 400, detail: told })
    t.notMatch(problem.detail, 'secret')
  }
})

/** The closed union, read where it is declared: a code that the table forgets cannot be forgotten here too. */
function errorCodes(): ErrorCode[] {
  const path = new URL('../../src/errors.ts', import.meta.url)
  const source = ts.createSourceFile('errors.ts', readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true)
  const union = source.statements.find(
    (node) => ts.isTypeAliasDeclaration(node) && node.name.text === 'ErrorCode',
  ) as ts.TypeAliasDeclaration
  return (union.type as ts.UnionTypeNode).types.map(
    (type) => ((type as ts.LiteralTypeNode).literal as ts.StringLiteral).text as ErrorCode,
  )
}
