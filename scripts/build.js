import './node-version.js'

const { build } = await import('./build.ts')
process.exitCode = await build()
