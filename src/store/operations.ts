import type { CommandName, StoreCommands } from '../domain/store.ts'
import type { Ledger } from './ledger.ts'
import { note } from './operations/audit.ts'
import { addChecks, removeCheck, renameCheck } from './operations/checks.ts'
import { renameDevice, supersede } from './operations/devices.ts'
import { accept, invite } from './operations/enrollment.ts'
import { eraseSubscriber } from './operations/erasure.ts'
import { guess, miss } from './operations/guesses.ts'
import { abandon, complete, reserve } from './operations/issuance.ts'
import { claimPairing, decidePairing, endPairing, offerPairing } from './operations/pairings.ts'
import { endPushTurn, removePushAddress, setPushAddress, takePushTurn } from './operations/push-addresses.ts'
import { walk } from './operations/revalidation.ts'
import { hold, release, revoke } from './operations/revocation.ts'
import { nextCrlNumber, publishCrl } from './operations/revocation-lists.ts'
import { burySecurityEvents, confirmSecurityEvents, retryDeadLetters } from './operations/security-events.ts'
import {
  changeSecurityStream,
  closeSecurityStream,
  openSecurityStream,
  setStreamStatus,
  verifyStream,
} from './operations/security-streams.ts'
import { reserveRenewal } from './operations/service-renewal.ts'
import { endSession, openSession, seeSession } from './operations/sessions.ts'
import { bindAccount, removeAccount } from './operations/site-accounts.ts'
import { setSitePolicies } from './operations/site-policies.ts'
import { weighSite } from './operations/site-standings.ts'
import { addSite, removeSite, setRights } from './operations/sites.ts'
import { nameAccount, setAskEveryTime } from './operations/subscribers.ts'
import { tidy } from './operations/tidying.ts'
import { appealReport, hideTrust, reportIntrusion, vouch, withdrawReport, withdrawVouch } from './operations/trust.ts'
import { forgetSubject, signIn, uses } from './operations/usage.ts'
import { setPlan } from './operations/usage-counts.ts'
import type { Transaction } from './transaction.ts'

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
