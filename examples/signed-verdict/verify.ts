// Reads a signed verdict where nobody can be asked. Prints whom it is about, or why it is not believed.
// verify.ts TOKEN_FILE JWKS_FILE ISSUER SITE CERTIFICATE_FILE
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createLocalJWKSet, jwtVerify } from 'jose'

const [token = '', keys = '', issuer = '', site = '', certificate = ''] = process.argv.slice(2)
// In earnest: createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`)), which keeps them and follows the rotation.
const keySet = createLocalJWKSet(JSON.parse(readFileSync(keys, 'utf8')))

try {
  const { payload } = await jwtVerify(readFileSync(token, 'utf8').trim(), keySet, {
    algorithms: ['ES256'],
    typ: 'countersign-verdict+jwt',
    issuer,
    audience: `urn:countersign:site:${site}`,
    requiredClaims: ['exp', 'jti', 'cnf'],
  })
  // The verdict is about one certificate: the one that this very connection has proven.
  const shown = new X509Certificate(readFileSync(certificate)).fingerprint256.replaceAll(':', '')
  const meant = (payload.cnf as { 'x5t#S256': string })['x5t#S256']
  if (meant !== Buffer.from(shown, 'hex').toString('base64url')) throw new Error('it is about another certificate')
  if (payload.verdict !== 'valid') throw new Error(`the verdict is ${payload.verdict}, ${payload.reason}`)
  process.stdout.write(`${payload.sub}\n`)
} catch (error) {
  process.stdout.write(`Not believed: ${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 1
}
