import t from 'tap'
import { IdentityError } from '../../src/errors.ts'
import { malformed } from '../../src/x509/malformed.ts'

const error = malformed('a NULL has content')
t.ok(error instanceof IdentityError)
t.equal(error.code, 'der-malformed')
t.match(error.message, /a NULL has content/)
