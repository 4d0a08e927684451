import { applyForCertificate, type Enrolled, type QrPath, Refusal } from './application.ts'
import { defaultLabel } from './default-label.ts'
import { drawPassword } from './file-password.ts'
import { type IdentityFile, makeIdentityFile } from './identity-file.ts'
import { makeOwnKey } from './own-key.ts'

const FAILED = 'This browser could not make a key. Update it, or open this address in another one.'

/** Walks through the page's steps: name the device, save the file, keep the proofs. */
function start(): void {
  const naming = part('naming', HTMLFormElement)
  const label = part('label', HTMLInputElement)
  if (label.value === '') label.value = defaultLabel(navigator.userAgent, new Date())
  naming.addEventListener('submit', (event) => {
    event.preventDefault()
    void enroll(label.value)
  })
  naming.hidden = false
}

async function enroll(label: string): Promise<void> {
  const button = part('make', HTMLButtonElement)
  button.disabled = true
  tell('progress', 'Making your key and its certificate …')
  tell('mishap', '')
  try {
    const { privateKey, request } = await makeOwnKey()
    const enrolled = await applyForCertificate(location.pathname, label, request)
    const password = drawPassword()
    const file = await makeIdentityFile(enrolled, privateKey, password)
    showResults(enrolled, file, password)
  } catch (error) {
    tell('mishap', error instanceof Refusal ? error.message : FAILED)
    button.disabled = error instanceof Refusal && !error.mendable
  } finally {
    tell('progress', '')
  }
}

function showResults(enrolled: Enrolled, file: IdentityFile, password: string): void {
  addEventListener('beforeunload', warn)
  showFile(file, password)
  showProofs(enrolled)
  part('naming', HTMLFormElement).hidden = true
  for (const name of ['file', 'proofs', 'finish']) part(name, HTMLElement).hidden = false
  part('file-heading', HTMLElement).focus()
  part('done', HTMLButtonElement).addEventListener('click', finish)
}

function showFile({ name, blob }: IdentityFile, password: string): void {
  const groups = password.match(/.{4}/g) ?? []
  part('password', HTMLElement).replaceChildren(...groups.map((group) => element('span', group)))
  onCopy('copy-password', password)
  const save = part('save', HTMLAnchorElement)
  save.href = URL.createObjectURL(blob)
  save.download = name
  tell('file-name', name)
}

function showProofs({ totp, recovery_codes: codes }: Enrolled): void {
  part('qr', HTMLElement).replaceChildren(drawQr(totp.qr))
  part('app-link', HTMLAnchorElement).href = totp.uri
  tell('secret', totp.secret.match(/.{1,4}/g)?.join(' ') ?? '')
  onCopy('copy-secret', totp.secret)
  part('codes', HTMLElement).replaceChildren(...codes.map((code) => element('li', code)))
  onCopy('copy-codes', codes.join('\n'))
}

/** Everything that must not be seen again leaves the page. */
function finish(): void {
  removeEventListener('beforeunload', warn)
  URL.revokeObjectURL(part('save', HTMLAnchorElement).href)
  for (const name of ['file', 'proofs', 'finish']) part(name, HTMLElement).remove()
  tell('title', 'This device is set up')
  part('finished', HTMLElement).hidden = false
  part('title', HTMLElement).focus()
}

/** What is shown once is gone with the page. */
function warn(event: BeforeUnloadEvent): void {
  event.preventDefault()
}

function drawQr({ size, path }: QrPath): SVGSVGElement {
  const space = 'http://www.w3.org/2000/svg'
  const image = document.createElementNS(space, 'svg')
  image.setAttribute('viewBox', `0 0 ${size} ${size}`)
  image.setAttribute('shape-rendering', 'crispEdges')
  image.setAttribute('role', 'img')
  image.setAttribute('aria-label', 'QR code for your authenticator app')
  const modules = document.createElementNS(space, 'path')
  modules.setAttribute('d', path)
  image.append(modules)
  return image
}

function onCopy(name: string, text: string): void {
  const button = part(name, HTMLButtonElement)
  const idle = button.textContent ?? ''
  button.addEventListener('click', async () => {
    const copied = await navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    )
    button.textContent = copied ? 'Copied' : 'Select and copy it by hand'
    setTimeout(() => {
      button.textContent = idle
    }, 2_000)
  })
}

function tell(name: string, text: string): void {
  const place = part(name, HTMLElement)
  place.textContent = text
  place.hidden = text === ''
}

function element(tag: string, text: string): HTMLElement {
  const made = document.createElement(tag)
  made.textContent = text
  return made
}

/** A part of the page by its id. */
function part<T extends HTMLElement>(id: string, type: new () => T): T {
  const found = document.getElementById(id)
  if (found instanceof type) return found
  throw new TypeError(`the page has no ${id}`)
}

start()
