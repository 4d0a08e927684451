import type { Command } from 'commander'
import type { Config } from '../src/config.ts'
import { createCertificateCheck } from '../src/domain/enrollment/certificate-check.ts'
import { makeInvitation } from '../src/domain/enrollment/invitation-token.ts'
import { type Hex, requireFingerprint } from '../src/domain/hex.ts'
import type { Store } from '../src/domain/store.ts'
import { IdentityError } from '../src/errors.ts'
import { systemClock } from '../src/system-clock.ts'
import { command } from './command.ts'
import { OPERATOR, withHome } from './home.ts'
import { iso, print, type ReportOptions } from './report.ts'

/** `countersign invite`: JSON fields `url`, `expires_at`, `label`, `for`. */
export function inviteCommand(): Command {
  return command(
    'invite [options]',
    'make a one-time address at which one browser can be enrolled',
    'invite --label "Laptop of Ada"',
  )
    .option('--label <text>', 'a name for the device that the page proposes')
    .option(
      '--for <fingerprint>',
      'for somebody who is here already: any certificate of that person, also a revoked one',
    )
    .option('--return-to <url>', 'where to go on to in the end: an address that a site registered')
    .action(invite)
}

async function invite(options: ReportOptions & { label?: string; for?: string; returnTo?: string }): Promise<void> {
  await withHome(async ({ config, store }) => {
    const onward = options.returnTo === undefined ? '' : await onwardTo(store, config, options.returnTo)
    const { token, expiresAt } = await makeInvitation(
      { store, policy: config.policy, clock: systemClock },
      {
        actor: OPERATOR,
        label: options.label,
        subscriberId: options.for === undefined ? undefined : await personOf(store, options.for),
      },
    )
    const url = `${config.listeners.portal.url}/enroll/${token}${onward}`
    print(
      {
        data: { url, expires_at: iso(expiresAt), label: options.label ?? null, for: options.for ?? null },
        lines: [
          'Open this address in the browser that shall get the certificate (it works once):',
          ...(options.for === undefined
            ? []
            : ['It adds a device, and new checks, to the person of that certificate.']),
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

/** It stands in the address, and is looked up once more at the end: the site may be gone by then. */
async function onwardTo(store: Store, { policy }: Config, wanted: string): Promise<string> {
  const address = await createCertificateCheck({ store, policy, clock: systemClock }).returnAddress(wanted)
  if (address !== undefined) return `?${new URLSearchParams({ return_to: address })}`
  throw new IdentityError(
    'return-to-refused',
    'No site has registered this return address. `countersign site list` shows those that are.',
  )
}

/** Whoever lost everything is still known by the certificates that he had; whoever had himself erased is not. */
async function personOf(store: Pick<Store, 'certificate'>, fingerprint: string): Promise<Hex> {
  const certificate = await store.certificate(requireFingerprint(fingerprint))
  const isErased = certificate?.der.length === 0
  if (typeof certificate?.subscriberId === 'string' && !isErased) return certificate.subscriberId
  throw new IdentityError(
    'certificate-unknown',
    `No person has had the certificate ${fingerprint}, or that person was erased. \`countersign cert list --profile browser\` shows those of people.`,
  )
}
