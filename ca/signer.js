// Plain JavaScript, since a Node before 24 cannot even load the TypeScript behind it.
const major = Number(process.versions.node.split('.')[0])

if (major < 24) {
  process.stderr.write(
    `Countersign needs Node 24 or newer, this is ${process.version}. Run it by npm or npx in the checkout.\n`,
  )
  process.exit(1)
}

await import('./signer.ts')
