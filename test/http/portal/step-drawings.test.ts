import t from 'tap'
import { type Drawing, drawStep } from '../../../src/http/portal/step-drawings.ts'

const ALL: readonly Drawing[] = ['open', 'window', 'password', 'address', 'menu', 'choose', 'allow', 'finish']

t.test('each is drawn, says nothing to a screen reader, and has no style or color of its own', async (t) => {
  const drawn = ALL.map((drawing) => drawStep(drawing).text)
  t.equal(new Set(drawn).size, ALL.length)
  for (const svg of drawn) {
    t.match(svg, /^<svg class="drawing" viewBox="0 0 64 48" aria-hidden="true" focusable="false">/)
    t.notMatch(svg, /style=|#[0-9a-f]{3}|<text|<script|href/)
    t.equal(svg.match(/<\/?g\b/g)!.length % 2, 0)
  }
})
