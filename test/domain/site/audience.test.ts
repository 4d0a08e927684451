import t from 'tap'
import { audienceOf } from '../../../src/domain/site/audience.ts'

t.test('a token is for a site by its name', async (t) => {
  t.equal(audienceOf({ name: 'shop' }), 'urn:countersign:site:shop')
})
