import { readTree } from './tree.ts'
import { findViolations } from './violations.ts'

// `npm run check:imports`: holds the tree below a folder (default: this one) to the rules of the house.
const files = readTree(process.argv[2] ?? '.')
const violations = findViolations(files)
for (const { path, line, rule, text } of violations) process.stderr.write(`${path}:${line} ${rule}: ${text}\n`)
if (files.length === 0) process.stderr.write('There is no code here: run it in the checkout.\n')
process.stdout.write(`${files.length} files, ${violations.length} violations of the house's rules\n`)
process.exitCode = violations.length === 0 && files.length > 0 ? 0 : 1
