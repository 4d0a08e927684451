import type { CommandName, StoreCommands } from '../domain/store.ts'
import { note } from './audit.ts'
import { addChecks, removeCheck, renameCheck } from './checks.ts'
import { renameDevice, supersede } from './devices.ts'
import { accept, invite } from './enrollment.ts'
import { eraseSubscriber } from './erasure.ts'
import { guess, miss } from './guesses.ts'
import { abandon, complete, reserve } from './issuance.ts'
import type { Ledger } from './ledger.ts'
import { claimPairing, decidePairing, endPairing, offerPairing } from './pairings.ts'
import { endPushTurn, removePushAddress, setPushAddress, takePushTurn } from './push-addresses.ts'
import { walk } from './revalidation.ts'
import { hold, release, revoke } from './revocation.ts'
import { nextCrlNumber, publishCrl } from './revocation-lists.ts'
import { burySecurityEvents, confirmSecurityEvents, retryDeadLetters } from './security-events.ts'
import {
  changeSecurityStream,
  closeSecurityStream,
  openSecurityStream,
  setStreamStatus,
  verifyStream,
} from './security-streams.ts'
import { reserveRenewal } from './service-renewal.ts'
import { endSession, openSession, seeSession } from './sessions.ts'
import { bindAccount, removeAccount } from './site-accounts.ts'
import { setSitePolicies } from './site-policies.ts'
import { weighSite } from './site-standings.ts'
import { addSite, removeSite, setRights } from './sites.ts'
import { nameAccount, setAskEveryTime } from './subscribers.ts'
import { tidy } from './tidying.ts'
import type { Transaction } from './transaction.ts'
import { appealReport, hideTrust, reportIntrusion, vouch, withdrawReport, withdrawVouch } from './trust.ts'
import { forgetSubject, signIn, uses } from './usage.ts'
import { setPlan } from './usage-counts.ts'

/** One command inside the writer's transaction. It decides first and writes last: a refusal leaves nothing behind. */
type Operation<N extends CommandName> = (
  tx: Transaction,
  ledger: Ledger,
  ...args: Parameters<StoreCommands[N]>
) => Promise<ReturnType<StoreCommands[N]>>

/** Every command and what it does, the same on both engines. */
const OPERATIONS = {
  reserve,
  reserveRenewal,
  complete,
  abandon,
  revoke,
  hold,
  release,
  addSite,
  removeSite,
  setRights,
  setSitePolicies,
  setPlan,
  bindAccount,
  removeAccount,
  invite,
  accept,
  setAskEveryTime,
  renameDevice,
  nameAccount,
  supersede,
  openSession,
  seeSession,
  endSession,
  offerPairing,
  claimPairing,
  decidePairing,
  endPairing,
  forgetSubject,
  eraseSubscriber,
  addChecks,
  renameCheck,
  removeCheck,
  miss,
  guess,
  walk,
  vouch,
  withdrawVouch,
  reportIntrusion,
  withdrawReport,
  appealReport,
  hideTrust,
  weighSite,
  signIn,
  uses,
  nextCrlNumber,
  publishCrl,
  openSecurityStream,
  changeSecurityStream,
  closeSecurityStream,
  setStreamStatus,
  verifyStream,
  confirmSecurityEvents,
  burySecurityEvents,
  retryDeadLetters,
  setPushAddress,
  removePushAddress,
  takePushTurn,
  endPushTurn,
  note,
  tidy,
} as const satisfies { readonly [N in CommandName]: Operation<N> }

/** A command as it waits for the writer: plain data, since it may cross to another thread. */
export interface Command {
  readonly name: CommandName
  readonly args: readonly unknown[]
}

/** Runs one command in an open transaction. Rejects when the store refuses its data; then nothing may be committed. */
export function perform(tx: Transaction, ledger: Ledger, command: Command): Promise<unknown> {
  // `run` of the store has bound the arguments to the name
  const operation = OPERATIONS[command.name] as (...args: readonly unknown[]) => Promise<unknown>
  return operation(tx, ledger, ...command.args)
}
