// Plain JavaScript, since a Node before 24 cannot even load the TypeScript behind the entries, and crashes in the store.
const major = Number(process.versions.node.split('.')[0])

if (major < 24) {
  process.stderr.write(
    `Countersign needs Node 24 or newer, this is ${process.version}. Run it by npm or npx in the checkout, which brings its own; if that is what you did, npm could not fetch it: run \`npm ci\` once more.\n`,
  )
  process.exit(1)
}
