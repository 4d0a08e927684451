import t from 'tap'
import { LANGUAGES } from '../../../src/domain/language.ts'
import { renderGuideChoice, renderGuides } from '../../../src/http/portal/guides.ts'
import { GUIDES } from '../../../src/http/texts/guides.ts'

t.test('every guide is there, hidden, with three drawn steps, and can be chosen', async (t) => {
  for (const language of LANGUAGES) {
    const guides = renderGuides(language).text
    const choice = renderGuideChoice(language).text
    for (const name of GUIDES) {
      const [guide] = new RegExp(`<ol [^>]*id="guide-${name}"[\\s\\S]*?</ol>`).exec(guides) ?? ['']
      t.match(guide, new RegExp(`data-guide="${name}" data-format="(?:old|new)"[^>]* hidden>`))
      t.equal(guide.match(/<li><svg class="drawing"/g)?.length, 3, name)
      t.match(choice, `<option value="${name}">`)
    }
  }
})

t.test('what older Apple and Android systems read goes to them by default; a profile is Apple’s alone', async (t) => {
  const guides = renderGuides('en').text
  const of = (attribute: string, value: string) =>
    GUIDES.filter((name) => new RegExp(`id="guide-${name}"[^>]* data-${attribute}="${value}"`).test(guides))
  t.same(of('format', 'old'), ['mac', 'ios', 'android'])
  t.same(of('profile', 'first'), ['ios'])
  t.same(of('profile', 'also'), ['mac'])
})
