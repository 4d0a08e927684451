import { Command, InvalidArgumentError } from 'commander'

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

/** Reads an option's number: what cannot be read is no default that nobody asked for. @throws InvalidArgumentError */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
    if (number >= least && number <= most) return number
    throw new InvalidArgumentError(`It is a whole number from ${least} to ${most}.`)
  }
}
