import { fastify } from 'fastify'
import t from 'tap'
import { serveSsfConfiguration } from '../../../src/http/portal/ssf-configuration.ts'

t.test('where a receiver finds what', async (t) => {
  const app = fastify()
  serveSsfConfiguration(app, { url: 'https://id.example', apiUrl: 'https://api.id.example:8443' })
  const { statusCode, headers, payload } = await app.inject('/.well-known/ssf-configuration')
  t.equal(statusCode, 200)
  t.match(headers, { 'content-type': /^application\/json/, 'cache-control': 'public, max-age=3600' })
  t.same(JSON.parse(payload), {
    spec_version: '1_0',
    issuer: 'https://id.example',
    jwks_uri: 'https://id.example/.well-known/jwks.json',
    delivery_methods_supported: ['urn:ietf:rfc:8935', 'urn:ietf:rfc:8936'],
    configuration_endpoint: 'https://api.id.example:8443/v1/ssf/streams',
    status_endpoint: 'https://api.id.example:8443/v1/ssf/status',
    verification_endpoint: 'https://api.id.example:8443/v1/ssf/verify',
    authorization_schemes: [{ spec_urn: 'urn:ietf:rfc:8705' }],
    default_subjects: 'ALL',
  })
})
