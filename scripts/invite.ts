import type { Command } from 'commander'
import { CHECK_TABLE } from '../src/checks/table.ts'
import { createEnrollment } from '../src/domain/enrollment.ts'
import { withAuthority } from './authority.ts'
import { command } from './command.ts'
import { OPERATOR, systemClock } from './home.ts'
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
  await withAuthority(async ({ config, keyring, store, issuer }) => {
    const enrollment = createEnrollment({
      store,
      issuer,
      keyring,
      policy: config.policy,
      clock: systemClock,
      checks: CHECK_TABLE,
    })
    const { token, expiresAt } = await enrollment.invite({
      actor: OPERATOR,
      ...(options.label !== undefined && { label: options.label }),
    })
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
