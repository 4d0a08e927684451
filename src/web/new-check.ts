import { startRegistration } from '@simplewebauthn/browser'
import { beginPasskey, type CheckChoice, Refusal } from './application.ts'
import { part } from './page-parts.ts'

/** The service's name of a check that may be chosen here. */
type Choice = 'passkey' | 'totp' | 'password'

/** Chooses for its owner, where he has a choice: the first of the page's that this browser and machine can do. */
export async function preselectCheck(): Promise<void> {
  const choices = radios()
  if (choices.length === 0) return
  const touches = await hasOwnAuthenticator()
  const best = choices.find(({ value }) => value !== 'passkey' || touches) ?? choices[0]!
  best.checked = true
  for (const choice of choices) choice.addEventListener('change', showPassword)
  showPassword()
}

/**
 * What was chosen, made. Nothing of it is used up before the application.
 * @param label of the device, as it was typed
 * @throws Refusal
 */
export async function makeChosenCheck(label: string): Promise<CheckChoice> {
  switch (chosen()) {
    case 'passkey':
      return { passkey: await makePasskey(label) }
    case 'password':
      return { password: part('own-password', HTMLInputElement).value }
    default:
      return {}
  }
}

async function makePasskey(label: string): Promise<string> {
  const optionsJSON = await beginPasskey(location.pathname, label)
  try {
    return JSON.stringify(await startRegistration({ optionsJSON }))
  } catch {
    throw new Refusal('passkey-failed')
  }
}

/** A password is asked for only where it was chosen. */
function showPassword(): void {
  const wanted = chosen() === 'password'
  const place = document.getElementById('own-password-place')
  if (!place) return
  place.hidden = !wanted
  part('own-password', HTMLInputElement).required = wanted
}

function chosen(): Choice | undefined {
  return radios().find(({ checked }) => checked)?.value as Choice | undefined
}

function radios(): readonly HTMLInputElement[] {
  return Array.from(document.querySelectorAll<HTMLInputElement>('input[name="check"]'))
}

/** Whether this machine itself can tell its owner by touch, face or PIN. */
async function hasOwnAuthenticator(): Promise<boolean> {
  if (typeof PublicKeyCredential === 'undefined') return false
  return PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable().catch(() => false)
}
