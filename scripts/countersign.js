#!/usr/bin/env node
import './node-version.js'

const { run } = await import('./countersign.ts')
await run(process.argv)
