import './node-version.js'

const { demo } = await import('./demo.ts')
process.exitCode = await demo()
