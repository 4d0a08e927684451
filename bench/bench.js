import '../scripts/node-version.js'

const { bench } = await import('./bench.ts')
await bench(process.argv.slice(2))
