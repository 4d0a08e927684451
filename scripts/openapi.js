import './node-version.js'

await import('./openapi.ts')
