import type { TrustFigure } from '../../domain/trust/trust-rule.ts'
import type { Answer } from '../../domain/verdict/known-states.ts'

/** Valid answers are one object until the state changes, so each is rendered once. Kept beside them: a copy is another answer. */
const rendered = new WeakMap<Answer, string>()

/** The verdict as JSON text, as docs/openapi.json describes it: ids, reasons, times and a URL, so all of it ASCII; accounts are made so. */
export function renderAnswer(answer: Answer): string {
  if (answer.verdict.verdict !== 'valid') return render(answer)
  const known = rendered.get(answer)
  if (known !== undefined) return known
  const text = render(answer)
  rendered.set(answer, text)
  return text
}

/** The same, with what other sites say of the person; null: nobody does, or he hides it. */
export function renderWithTrust(answer: Answer, figure: TrustFigure | null): string {
  return `${renderAnswer(answer).slice(0, -1)},"trust":${JSON.stringify(figure)}}`
}

function render({ verdict, subject, redirect, account }: Answer): string {
  switch (verdict.verdict) {
    case 'valid':
      return JSON.stringify({
        verdict: verdict.verdict,
        subject,
        validated_at: iso(verdict.validatedAt),
        expires_at: iso(verdict.expiresAt),
        account,
      }).replace(BEYOND_ASCII, escaped)
    case 'needs-revalidation':
      return JSON.stringify({ verdict: verdict.verdict, reason: verdict.reason, subject, redirect })
    case 'revoked':
      return JSON.stringify({
        verdict: verdict.verdict,
        reason: verdict.reason,
        subject,
        revoked_at: iso(verdict.revokedAt),
      })
    case 'missing':
      return JSON.stringify({ verdict: verdict.verdict, reason: verdict.reason })
  }
}

/** Only what a site has called somebody can hold such. */
const BEYOND_ASCII = /[^\0-\x7f]/g

/** One unit of UTF-16. https://www.rfc-editor.org/rfc/rfc8259#section-7 */
function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** @param time epoch ms */
export function iso(time: number): string {
  return new Date(time).toISOString()
}
