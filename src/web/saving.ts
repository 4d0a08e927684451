import { encodeBase64 } from '../x509/base64.ts'
import type { Pkcs12Format } from '../x509/pkcs12.ts'
import { type Enrolled, Refusal, requestProfile } from './application.ts'
import { type IdentityFile, makeIdentityFile } from './identity-file.ts'
import { onCopy, part, tell, word } from './page-parts.ts'
import type { Guide } from './platform.ts'

/** What a file is made of. The key stays in this page, so that the other kind of file can be made of it too. */
export interface Saving {
  readonly enrolled: Enrolled
  readonly key: CryptoKey
  readonly password: string
  /** told whenever a file leaves the page */
  readonly saved: () => void
  /** a navigation that the page itself wants: a profile is fetched like a page, and leaves this one where it is */
  readonly depart: (address: string) => void
}

/** https://www.rfc-editor.org/rfc/rfc7292: what systems know a .p12 by */
const MEDIA_TYPE = 'application/x-pkcs12'

/** The file as it is offered now. */
let offered: { readonly format: Pkcs12Format; readonly file: IdentityFile } | undefined

/** Makes the file that fits the platform, and lets its owner save it, see its password, and choose another kind. */
export async function offerFile(saving: Saving, guide: Guide): Promise<void> {
  showPassword(saving.password)
  const choice = part('platform', HTMLSelectElement)
  choice.value = guide
  choice.addEventListener('change', () => void attempt(() => followGuide(saving)))
  part('save', HTMLAnchorElement).addEventListener('click', saving.saved)
  part('other-format', HTMLButtonElement).addEventListener('click', () => void attempt(() => saveOther(saving)))
  part('get-profile', HTMLButtonElement).addEventListener('click', () => void attempt(() => fetchProfile(saving)))
  try {
    await followGuide(saving)
  } catch {
    // DES could not be fetched. The certificate exists by now, so there must be a file.
    await offer(saving, 'new')
    tell('file-mishap', word('unreachable-part') ?? '')
  }
}

/** Takes the file and all that opens it out of the page. */
export function withdrawFile(): void {
  URL.revokeObjectURL(part('save', HTMLAnchorElement).href)
  offered = undefined
}

/** One guide is seen, and the file is of the kind that this platform reads. */
async function followGuide(saving: Saving): Promise<void> {
  const chosen = part('platform', HTMLSelectElement).value
  const guides = part('guides', HTMLElement).querySelectorAll<HTMLElement>('[data-guide]')
  for (const guide of guides) guide.hidden = guide.dataset.guide !== chosen
  const { format, profile } = part(`guide-${chosen}`, HTMLElement).dataset
  part('get-profile', HTMLElement).hidden = profile === undefined
  part('get-profile', HTMLElement).classList.toggle('plain', profile !== 'first')
  part('save', HTMLElement).classList.toggle('plain', profile === 'first')
  await offer(saving, format === 'old' ? 'old' : 'new')
}

async function offer({ enrolled, key, password }: Saving, format: Pkcs12Format): Promise<void> {
  if (offered?.format === format) return
  const file = await makeIdentityFile(enrolled, key, password, format)
  const save = part('save', HTMLAnchorElement)
  URL.revokeObjectURL(save.href)
  save.href = URL.createObjectURL(new Blob([file.bytes], { type: MEDIA_TYPE }))
  save.download = file.name
  tell('file-name', file.name)
  offered = { format, file }
}

async function saveOther(saving: Saving): Promise<void> {
  await offer(saving, offered?.format === 'new' ? 'old' : 'new')
  part('save', HTMLAnchorElement).click()
}

/** The file goes up, locked as it is; the password stays here, and the device asks for it. */
async function fetchProfile(saving: Saving): Promise<void> {
  const { enrolled, key, password } = saving
  const { bytes } = offered?.format === 'old' ? offered.file : await makeIdentityFile(enrolled, key, password, 'old')
  saving.depart(await requestProfile(enrolled.profile_permit, encodeBase64(bytes)))
  saving.saved()
}

/** What fails here leaves the file that is offered as it is. */
async function attempt(step: () => Promise<void>): Promise<void> {
  tell('file-mishap', '')
  try {
    await step()
  } catch (error) {
    const code = error instanceof Refusal ? error.code : 'unreachable-part'
    tell('file-mishap', word(code) ?? word('unexpected') ?? code)
  }
}

function showPassword(password: string): void {
  const place = part('password', HTMLElement)
  place.replaceChildren(...(password.match(/.{4}/g) ?? []).map(groupOf))
  const button = part('show-password', HTMLButtonElement)
  const reveal = (shown: boolean): void => {
    place.classList.toggle('concealed', !shown)
    place.ariaHidden = String(!shown)
    button.ariaPressed = String(shown)
  }
  reveal(false)
  button.addEventListener('click', () => reveal(button.ariaPressed !== 'true'))
  onCopy('copy-password', password, () => reveal(true))
}

function groupOf(letters: string): HTMLElement {
  const group = document.createElement('span')
  group.textContent = letters
  return group
}
