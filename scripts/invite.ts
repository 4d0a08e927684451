import type { Command } from 'commander'
import { makeInvitation } from '../src/domain/invitation-token.ts'
import { command } from './command.ts'
import { OPERATOR, systemClock, withHome } from './home.ts'
import { iso, print, type ReportOptions } from './report.ts'

/** `countersign invite`: JSON fields `url`, `expires_at`, `label`. */
export function inviteCommand(): Command {
  return command(
    'invite [options]',
    'make a one-time address at which one browser can be enrolled',
    'invite --label "Laptop of Ada"',
  )
    .option('--label <text>', 'a name for the device that the page proposes')
    .action(invite)
}

async function invite(options: ReportOptions & { label?: string }): Promise<void> {
  await withHome(async ({ config, store }) => {
    const { token, expiresAt } = await makeInvitation(
      { store, policy: config.policy, clock: systemClock },
      {
        actor: OPERATOR,
        ...(options.label !== undefined && { label: options.label }),
      },
    )
    const url = `${config.listeners.portal.url}/enroll/${token}`
    print(
      {
        data: { url, expires_at: iso(expiresAt), label: options.label ?? null },
        lines: [
          'Open this address in the browser that shall get the certificate (it works once):',
          '',
          `  ${url}`,
          '',
          `It expires at ${iso(expiresAt)}.`,
        ],
      },
      options,
    )
  })
}
