import type { FastifyRequest } from 'fastify'
import type { Language } from '../domain/language.ts'
import { pickLanguage } from './language.ts'

/** Text that is markup already; only {@link html} makes it. */
export class Markup {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** What a template may hold: everything but Markup is escaped; `undefined` and `false` leave nothing. */
type Renderable = Markup | string | number | undefined | false | readonly Renderable[]

/** A template whose values are data: escaped for text and for attributes in double quotes. */
export function html(strings: TemplateStringsArray, ...values: readonly Renderable[]): Markup {
  return new Markup(strings.reduce((text, part, i) => text + render(values[i - 1]) + part))
}

function render(value: Renderable): string {
  if (value === undefined || value === false) return ''
  if (value instanceof Markup) return value.text
  if (typeof value === 'object') return value.map(render).join('')
  return String(value).replace(/[&<>"']/g, (letter) => ESCAPES[letter]!)
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Addresses of what a page loads, all on its own origin. */
export interface PageAssets {
  readonly stylesheet: string
  readonly icon: string
  readonly script?: string
}

/** What stands around a page's own content. */
export interface PageFrame extends PageAssets {
  readonly language: Language
}

/** The frame for somebody: their language is what their browser says, of those that the page is offered in. */
export function frameFor(
  { headers }: Pick<FastifyRequest, 'headers'>,
  assets: PageAssets,
  offered?: readonly Language[],
): PageFrame {
  return { ...assets, language: pickLanguage(headers['accept-language'], offered) }
}

export interface PageContent {
  readonly title: string
  readonly frame: PageFrame
  /** what stands in `main` */
  readonly main: Markup
}

/** A whole page. */
export function renderPage({ title, frame, main }: PageContent): string {
  return html`<!doctype html>
<html lang="${frame.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title} · Countersign</title>
<link rel="icon" href="${frame.icon}" type="image/svg+xml">
<link rel="stylesheet" href="${frame.stylesheet}">
${frame.script !== undefined && html`<script type="module" src="${frame.script}"></script>`}
</head>
<body>
<header>${MARK}<span>Countersign</span></header>
<main>
${main}
</main>
</body>
</html>
`.text
}

/** The house's sign: a seal, and the second stroke that makes a signature count. */
const MARK = html`<svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
<circle cx="16" cy="16" r="13.5" fill="none" stroke="currentColor" stroke-width="2.5"/>
<path d="M9 17.5l4.5 4.5L23 11" fill="none" stroke="currentColor" stroke-width="2.5" stroke-linecap="round" stroke-linejoin="round"/>
<path d="M17.5 22L26.5 12" fill="none" stroke="currentColor" stroke-width="2.5" stroke-linecap="round" opacity=".45"/>
</svg>`
