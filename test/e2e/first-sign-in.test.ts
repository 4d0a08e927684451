import t from 'tap'
import { ROOT } from './cli.ts'
import { firstSignIn } from './first-sign-in.ts'

t.test('from a checkout to a site at which a browser is signed in, by four commands', async (t) => {
  const laps: string[] = []
  const said = await firstSignIn(t, ROOT, (done) => void laps.push(done))
  t.match(said, /^Hello, [\w-]{43}\n$/)
  t.equal(laps.length, 5)
})
