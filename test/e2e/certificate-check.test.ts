import { join } from 'node:path'
import t from 'tap'
import { makeChromium } from './chromium.ts'
import { enroll } from './device.ts'
import { eventually } from './eventually.ts'
import { makeFirefox } from './firefox.ts'
import { FILE_PASSWORD, identityFile } from './identity-file.ts'
import { openInside } from './inside.ts'
import { startService } from './service.ts'
import { finding, tabOf } from './tab.ts'

// What browsers do with a choice of certificate is written down nowhere: this is the test of what the check page leans on.
t.test('which certificate a browser shows, and another one, without a restart', async (t) => {
  const service = await startService(t)
  const inside = await openInside(t, service)
  const signon = service.address('signon')
  const root = join(service.home, 'root.pem')
  const [laptop, phone, third] = [
    await enroll(service, inside, 'Laptop'),
    await enroll(service, inside, 'Phone'),
    await enroll(service, inside, 'Third'),
  ]
  const file = (name: 'laptop' | 'phone' | 'third') => identityFile(service, { laptop, phone, third }[name], name)

  await t.test('Chromium forgets its choice, and asks anew', async (t) => {
    const chromium = makeChromium(root)
    t.teardown(() => chromium.remove())
    const context = await chromium.start()
    t.teardown(() => context.close())
    const tab = tabOf(await context.newPage())

    await tab.goto(`${signon}/check?from=enrollment&expect=${laptop.fingerprint}`)
    await finding(tab, { shown: 'none' })
    chromium.takeIn(file('laptop'), FILE_PASSWORD)
    await tab.goto(`${signon}/check?tried=evicted&was=none`)
    t.match(await finding(tab, {}), { shown: 'none' }, '"none" is remembered: the page leans on what follows')
    await tab.goto(`${signon}/check?from=enrollment&expect=${laptop.fingerprint}`)
    t.match(await finding(tab, { shown: 'enrolled', label: 'Laptop' }), { host: 'localhost', remark: undefined })

    chromium.takeIn(file('phone'), FILE_PASSWORD)
    await tab.goto(`${signon}/check?expect=${phone.fingerprint}`)
    t.match(await finding(tab, {}), { shown: 'another', label: 'Laptop' }, 'a choice is kept')
    await tab.click('#again')
    t.match(await finding(tab, { shown: 'good', label: 'Phone' }), { host: 'localhost' }, 'until it is forgotten')

    chromium.takeIn(file('third'), FILE_PASSWORD)
    await tab.goto(`${signon}/check`)
    t.match(await finding(tab, {}), { label: 'Phone' })
    await tab.click('button[form="sign-out"]')
    await eventually(
      () => tab.read('#forget', 'data-done'),
      (done) => done !== undefined,
    )
    await tab.goto(`${signon}/check`)
    await finding(tab, { shown: 'good', label: 'Third' })
  })

  await t.test('Firefox is asked at a fresh name, and comes back with what it showed there', async (t) => {
    const firefox = makeFirefox(root)
    t.teardown(() => firefox.remove())
    const browser = await firefox.start()
    t.teardown(() => browser.close())
    const tab = tabOf(await browser.newPage())

    await tab.goto(`${signon}/check?from=enrollment&expect=${laptop.fingerprint}`)
    await finding(tab, { shown: 'none' })
    firefox.takeIn(file('laptop'), FILE_PASSWORD)
    await tab.goto(`${signon}/check?tried=evicted&was=none`)
    t.match(await finding(tab, {}), { shown: 'none' }, 'its connection is kept: the page leans on what follows')
    await tab.click('#again')
    await finding(tab, { shown: 'good', label: 'Laptop' })

    firefox.takeIn(file('phone'), FILE_PASSWORD)
    await tab.goto(`${signon}/check?expect=${phone.fingerprint}`)
    await finding(tab, { shown: 'another', label: 'Laptop' })
    await tab.click('#again')
    await finding(tab, { shown: 'another', label: 'Laptop', remark: 'same' })
    firefox.forget('laptop')
    await tab.click('#fresh')
    const fresh = await finding(tab, { shown: 'good', label: 'Phone', remark: 'fresh' })
    t.match(fresh.host, /^[0-9a-f]{16}\.check\.localhost$/)
    await tab.click('#go-on')
    t.match(await finding(tab, { shown: 'good', label: 'Phone', host: 'localhost' }), { remark: undefined })
  })
})
