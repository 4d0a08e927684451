import { Command, CommanderError } from 'commander'
import { IdentityError } from '../src/errors.ts'
import { auditCommands } from './audit.ts'
import { caCommands } from './ca.ts'
import { certCommands } from './cert.ts'
import { doctorCommand } from './doctor.ts'
import { inviteCommand } from './invite.ts'
import { packageManifest } from './package-place.ts'
import { sentenceOf } from './report.ts'
import { serveCommand } from './serve.ts'
import { siteCommands } from './site.ts'
import { usageCommand } from './usage.ts'

/** https://www.gnu.org/software/libc/manual/html_node/Exit-Status.html: 1 for a refusal, 2 for a usage error */
const REFUSED = 1
const USAGE = 2

/** Runs one command. Faults are one sentence on standard error that says what was wrong and what to do. */
export async function run(argv: readonly string[]): Promise<void> {
  try {
    await createProgram().parseAsync(argv)
  } catch (error) {
    process.exitCode = exitCodeOf(error)
  }
}

function createProgram(): Command {
  const program = new Command('countersign')
    .description('An identity service built on TLS client certificates.')
    .version(`countersign ${packageManifest().version}, Node ${process.versions.node}`)
    .showHelpAfterError('Add --help for the options and an example.')
    .exitOverride()
  for (const group of [
    serveCommand,
    caCommands,
    inviteCommand,
    siteCommands,
    certCommands,
    usageCommand,
    auditCommands,
    doctorCommand,
  ]) {
    program.addCommand(group())
  }
  for (const command of allCommands(program))
    command.exitOverride().showHelpAfterError('Add --help for the options and an example.')
  return program
}

function allCommands(command: Command): readonly Command[] {
  return command.commands.flatMap((child) => [child, ...allCommands(child)])
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE
  if (error instanceof IdentityError) {
    process.stderr.write(`${sentenceOf(error)}\n`)
    return REFUSED
  }
  process.stderr.write(
    `Something went wrong that should not: ${error instanceof Error ? error.stack : String(error)}\n`,
  )
  return REFUSED
}
