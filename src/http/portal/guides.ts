import type { Language } from '../../domain/language.ts'
import type { Pkcs12Format } from '../../x509/pkcs12.ts'
import { html, type Markup } from '../page.ts'
import { GUIDE_TEXTS, GUIDES, type GuideName } from '../texts/guides.ts'
import { type Drawing, drawStep } from './step-drawings.ts'

/** What a platform reads, and how its guide is drawn. */
interface Way {
  /** old: many Macs, iPhones and Androids call the password of every newer file wrong */
  readonly format: Pkcs12Format
  /** Apple's own way in: the first to be offered, or one more */
  readonly profile?: 'first' | 'also'
  readonly drawings: readonly [Drawing, Drawing, Drawing]
}

const WAYS: Readonly<Record<GuideName, Way>> = {
  windows: { format: 'new', drawings: ['open', 'password', 'finish'] },
  mac: { format: 'old', profile: 'also', drawings: ['open', 'password', 'allow'] },
  ios: { format: 'old', profile: 'first', drawings: ['allow', 'menu', 'password'] },
  android: { format: 'old', drawings: ['open', 'password', 'choose'] },
  linux: { format: 'new', drawings: ['address', 'window', 'password'] },
  firefox: { format: 'new', drawings: ['menu', 'window', 'password'] },
}

/** All guides, hidden: the script shows the one that fits. */
export function renderGuides(language: Language): Markup {
  const { guides } = GUIDE_TEXTS[language]
  return html`<div id="guides">${GUIDES.map((name) => renderGuide(name, guides[name].steps))}</div>`
}

/** The list of all guides, to choose another one. */
export function renderGuideChoice(language: Language): Markup {
  const { guides } = GUIDE_TEXTS[language]
  return html`<select id="platform" autocomplete="off">${GUIDES.map((name) => html`<option value="${name}">${guides[name].name}</option>`)}</select>`
}

function renderGuide(name: GuideName, steps: readonly Markup[]): Markup {
  const { format, profile, drawings } = WAYS[name]
  const items = steps.map((step, i) => html`<li>${drawStep(drawings[i]!)}<span>${step}</span></li>`)
  return html`<ol class="walk" id="guide-${name}" data-guide="${name}" data-format="${format}"${profile && html` data-profile="${profile}"`} hidden>${items}</ol>
`
}
