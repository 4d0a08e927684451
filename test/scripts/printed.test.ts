import { execFile } from 'node:child_process'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import t from 'tap'
import { ended, environment, ROOT, spawnCommand } from '../e2e/cli.ts'
import { makeHome, TestService } from '../e2e/service.ts'

const run = promisify(execFile)

t.test('the three commands that a start prints work when they are pasted', async (t) => {
  const { place } = new TestService(makeHome(t), {})
  const server = spawnCommand(place, ['serve', '--dev'])
  t.teardown(async () => {
    server.kill()
    await ended(server)
  })
  const printed: string[] = []
  for await (const line of createInterface(server.stdout!)) {
    printed.push(line)
    if (line.startsWith('Ctrl-C')) break
  }
  const commands = printed.map((line) => line.trim()).filter((line) => /^(curl|npx) /.test(line))
  t.equal(commands.length, 3)
  const [ask, hold, invite] = commands
  const paste = async (command: string) => {
    const { stdout } = await run('sh', ['-c', command], { cwd: ROOT, env: environment(place.settings) })
    return stdout
  }
  t.match(JSON.parse(await paste(ask!)), { verdict: 'valid' })
  t.match(await paste(hold!), /held/)
  t.match(JSON.parse(await paste(ask!)), { verdict: 'revoked', reason: 'certificate-hold' }, 'the next answer knows')
  const own = printed.map((line) => line.trim()).find((line) => /^https:.*\/enroll\//.test(line))
  const page = await paste(`curl --silent --cacert ${place.settings.COUNTERSIGN_HOME}/root.pem ${own}`)
  t.match(page, /id="make"/, 'the address that it prints is an invitation')
  t.match(await paste(invite!), /https:\/\/localhost:\d+\/enroll\/[\w-]{43}/)

  const api = `COUNTERSIGN_API_URL=${/https:\/\/\S+(?=\/v1\/verdicts)/.exec(ask!)![0]}`
  const made = await paste(
    `${api} npx countersign site cert sample spare --out ${place.settings.COUNTERSIGN_HOME}/spare`,
  )
  t.match(JSON.parse(await paste(/^Next: (.*)$/m.exec(made)![1]!)), { site: 'sample', service: 'spare' })
})
