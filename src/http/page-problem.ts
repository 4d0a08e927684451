import type { Language } from '../domain/language.ts'
import { html, type Markup, type PageFrame, renderPage } from './page.ts'
import type { Problem } from './problem.ts'
import { FACED, type FacedCode, PROBLEM_TEXTS } from './texts/problems.ts'

/** A way on from a problem. */
export interface WayOn {
  readonly address: string
  readonly text: string
}

/** What a person reads of a problem: what happened and what to do next, in their language. */
export function faceOf({ code }: Problem, language: Language): { readonly heading: string; readonly text: string } {
  const { faces, unexpected } = PROBLEM_TEXTS[language]
  return isFaced(code) ? faces[code] : unexpected
}

function isFaced(code: Problem['code']): code is FacedCode {
  return (FACED as readonly string[]).includes(code)
}

/** A page of its own for each refusal, with a reference for the operator. */
export function renderProblemPage(problem: Problem, frame: PageFrame, wayOn?: WayOn): string {
  const { heading, text } = faceOf(problem, frame.language)
  const main = html`<h1>${heading}</h1>
<p>${text}</p>
${wayOn && html`<p class="actions"><a class="button" href="${wayOn.address}">${wayOn.text}</a></p>`}
${referenceOf(problem, frame.language)}`
  return renderPage({ title: heading, frame, main })
}

/** The front door, which tells everybody what to do here. @param portal its address; empty: this one's own */
export function wayToStart(portal: string, language: Language): WayOn {
  return { address: `${portal}/`, text: PROBLEM_TEXTS[language].start }
}

/** What its reader can tell the operator. */
export function referenceOf({ code, instance }: Problem, language: Language): Markup {
  return html`<p class="reference">${PROBLEM_TEXTS[language].reference} <code>${code}</code> <code>${instance.replace('urn:uuid:', '')}</code></p>`
}
