import { Command } from 'commander'

const JSON_OPTION = ['--json', 'answer as one JSON object'] as const

/** A command with --json and an example under its help. */
export function command(usage: string, description: string, example: string): Command {
  return new Command(usage.split(' ')[0])
    .usage(usage.split(' ').slice(1).join(' '))
    .description(description)
    .option(...JSON_OPTION)
    .addHelpText('after', `\nExample:\n  npx countersign ${example}`)
}

/** A group of commands: `countersign site …`. */
export function group(name: string, description: string, members: readonly Command[]): Command {
  const parent = new Command(name).description(description)
  for (const member of members) parent.addCommand(member)
  return parent
}
