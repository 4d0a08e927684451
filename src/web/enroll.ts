import { applyForCertificate, type Enrolled, Refusal } from './application.ts'
import { defaultLabel } from './default-label.ts'
import { drawPassword } from './file-password.ts'
import { showKeepsakes } from './keepsakes.ts'
import { makeChosenCheck, preselectCheck } from './new-check.ts'
import { makeOwnKey } from './own-key.ts'
import { part, tell, word } from './page-parts.ts'
import { recognize, type Surroundings, traitsOf } from './platform.ts'
import { drawRecoveryCodes } from './recovery-codes.ts'
import { offerFile, withdrawFile } from './saving.ts'

/** Walks through the page's steps: name the device, save the file, check. */
function start(): void {
  const here = recognize(traitsOf(navigator))
  const naming = part('naming', HTMLFormElement)
  const label = part('label', HTMLInputElement)
  if (label.value === '') {
    label.value = defaultLabel(word(`machine-${here.machine}`) ?? '', document.documentElement.lang, new Date())
  }
  part('needs-safari', HTMLElement).hidden = !here.needsSafari
  // An invitation works once: begun in a browser that can show nothing, it is lost.
  part('knows-safari', HTMLInputElement).required = here.needsSafari
  naming.addEventListener('submit', (event) => {
    event.preventDefault()
    void enroll(label.value, here)
  })
  void preselectCheck().finally(() => {
    naming.hidden = false
  })
}

async function enroll(label: string, here: Surroundings): Promise<void> {
  const button = part('make', HTMLButtonElement)
  button.disabled = true
  tell('progress', word('making') ?? '')
  tell('mishap', '')
  try {
    // First, since browsers make a passkey only shortly after somebody has touched the page.
    const choice = await makeChosenCheck(label)
    const { privateKey, request } = await makeOwnKey()
    const { codes, digests } = await drawRecoveryCodes()
    const application = { label, request, platform: here.machine, recovery_digests: digests, ...choice }
    const enrolled = await applyForCertificate(location.pathname, application)
    addEventListener('beforeunload', warn)
    await showResults(enrolled, { key: privateKey, codes }, here)
  } catch (error) {
    tell('mishap', sentenceOf(error))
    button.disabled = error instanceof Refusal && !error.mendable
  } finally {
    tell('progress', '')
  }
}

/** What the service refused, in the page's language; all else is this browser's own failure. */
function sentenceOf(error: unknown): string {
  const code = error instanceof Refusal ? error.code : 'no-key'
  return word(code) ?? word('unexpected') ?? code
}

/** What was made here, and is nowhere else. */
interface OwnSecrets {
  readonly key: CryptoKey
  /** shown only now that they are good: codes that nobody took would be a trap on the day they are needed */
  readonly codes: readonly string[]
}

async function showResults(enrolled: Enrolled, { key, codes }: OwnSecrets, { guide }: Surroundings): Promise<void> {
  const saving = { enrolled, key, password: drawPassword(), saved: () => reach('check'), depart }
  await offerFile(saving, guide)
  showKeepsakes(enrolled, codes)
  part('check', HTMLAnchorElement).href = checkAddress(enrolled)
  tell('own-label', enrolled.label)
  part('naming', HTMLFormElement).hidden = true
  for (const name of RESULTS) part(name, HTMLElement).hidden = false
  reach('save')
  part('file-heading', HTMLElement).focus()
  part('done', HTMLButtonElement).addEventListener('click', finish)
}

/** The invitation may carry where its owner wants to go; whether that may be is for the check to say. */
function checkAddress({ check }: Enrolled): string {
  const address = new URL(check)
  const returnTo = new URLSearchParams(location.search).get('return_to')
  if (returnTo !== null) address.searchParams.set('return_to', returnTo)
  return address.href
}

/** What is seen once, and must not be seen again. */
const RESULTS = ['file', 'proofs', 'checking', 'finish'] as const

/** Everything that must not be seen again leaves the page. */
function finish(): void {
  removeEventListener('beforeunload', warn)
  withdrawFile()
  for (const name of RESULTS) part(name, HTMLElement).remove()
  part('stages', HTMLElement).remove()
  tell('title', word('done') ?? '')
  part('finished', HTMLElement).hidden = false
  part('title', HTMLElement).focus()
}

/** Marks the step that is the next. */
function reach(step: 'save' | 'check'): void {
  for (const stage of part('stages', HTMLElement).children) {
    if (stage.id === `stage-${step}`) stage.setAttribute('aria-current', 'step')
    else stage.removeAttribute('aria-current')
  }
}

/** What is shown once is gone with the page. */
function warn(event: BeforeUnloadEvent): void {
  event.preventDefault()
}

/** Browsers ask before they leave, though what is fetched so leaves the page where it is. */
function depart(address: string): void {
  removeEventListener('beforeunload', warn)
  location.assign(address)
  setTimeout(() => addEventListener('beforeunload', warn), LEFT_AFTER)
}

const LEFT_AFTER = 1_000

start()
