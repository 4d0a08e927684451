import type { Command } from 'commander'
import { command } from './command.ts'
import type { ServeOptions } from './service.ts'

/** `countersign serve`: JSON field `listeners` (name to address), printed once the service answers. */
export function serveCommand(): Command {
  return command('serve [--dev]', 'start the service', 'serve --dev')
    .option('--dev', 'make a development PKI with a sample site and browser at first start')
    .action(async (options: ServeOptions) => {
      // Loaded here alone: the other commands start in half the time without the whole service.
      const { serve } = await import('./service.ts')
      await serve(options)
    })
}
