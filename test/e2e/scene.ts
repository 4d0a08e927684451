import type { Test } from 'tap'
import type { Reply } from './exchange.ts'
import { type Inside, openInside } from './inside.ts'
import { type ServiceWishes, startService, type TestService } from './service.ts'
import { AskingService } from './site-service.ts'

/** A service with the sample site that asks, and the test beside it. */
export interface Scene {
  readonly service: TestService
  readonly inside: Inside
  readonly site: AskingService
}

export async function openScene(t: Test, policy: ServiceWishes['policy'] = {}): Promise<Scene> {
  const service = await startService(t, { policy })
  const inside = await openInside(t, service)
  return { service, inside, site: new AskingService(service, service.identity('site')) }
}

/** A policy under which a test may answer as often as it likes. */
export const MANY_GUESSES = {
  guesses_per_minute: 1_000,
  guesses_per_day: 1_000,
  guesses_per_address: 10_000,
  walks_per_minute: 1_000,
}

/** Where the sample site wants its people back. */
export const RETURN_TO = 'https://localhost:3000/'

/** What a browser sends. */
export const PAGE = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

export function refusedAs(
  t: Test,
  { status, headers, json }: Reply,
  expected: number,
  code: string,
  name: string,
): void {
  t.match({ status, json }, { status: expected, json: { code, status: expected } }, name)
  t.match(headers, { 'content-type': /^application\/problem\+json/, 'cache-control': 'no-store' })
  t.notOk(headers.location, `${name}: it leads nowhere`)
}
