import { createHash } from 'node:crypto'
import t from 'tap'
import { createCertificateCheck } from '../../../src/domain/enrollment/certificate-check.ts'
import { apiCertificate } from '../../http/signon/scene.ts'
import { addSite, enrollDevice, openHouse } from '../house.ts'

t.test('what a browser shows', async (t) => {
  const house = await openHouse(t)
  const { look } = createCertificateCheck(house)
  const [laptop, phone] = [await enrollDevice(house, 'Laptop'), await enrollDevice(house, 'Phone')]
  const act = { at: house.clock.now(), actor: 'operator:test' } as const
  const standing = async (fingerprint = laptop.fingerprint) => {
    const shown = await look(fingerprint, undefined)
    return shown.shown === 'known' ? shown.standing : shown.shown
  }

  t.strictSame(await look(undefined, undefined), { shown: 'none' })
  t.strictSame(await look(undefined, laptop.fingerprint), { shown: 'none' })
  t.strictSame(await look('ab'.repeat(32), undefined), { shown: 'unknown' })
  const good = { shown: 'known', label: 'Laptop', standing: 'good' } as const
  t.strictSame(await look(laptop.fingerprint, undefined), { ...good, expected: undefined })
  t.strictSame(await look(laptop.fingerprint, laptop.fingerprint), { ...good, expected: true })
  t.strictSame(await look(laptop.fingerprint, phone.fingerprint), { ...good, expected: false })
  t.strictSame(
    await look(laptop.fingerprint, 'ab'.repeat(32)),
    { ...good, expected: false },
    'whether the expected one exists is not told',
  )

  await house.store.run('hold', act, laptop.fingerprint)
  t.equal(await standing(), 'held')
  await house.store.run('release', act, laptop.fingerprint)
  t.equal(await standing(), 'good')
  await house.store.run('revoke', act, phone.fingerprint, 'superseded')
  t.equal(await standing(phone.fingerprint), 'revoked')
})

t.test('by the same rule as verdicts: to the millisecond', async (t) => {
  const house = await openHouse(t)
  const { look } = createCertificateCheck(house)
  const { fingerprint } = await enrollDevice(house)
  const { notBefore, notAfter, expiresAt } = (await house.store.certificate(fingerprint))!
  for (const [time, standing] of [
    [notBefore - 1, 'not-yet-valid'],
    [notBefore, 'good'],
    [expiresAt, 'good'],
    [expiresAt + 1, 'ending'],
    [notAfter, 'ending'],
    [notAfter + 1, 'expired'],
  ] as const) {
    house.clock.time = time
    t.match(await look(fingerprint, undefined), { standing }, `${standing} at ${time}`)
  }
})

t.test('what is no person’s certificate is nobody’s', async (t) => {
  const house = await openHouse(t)
  const { look } = createCertificateCheck(house)
  const { certificate } = await apiCertificate(house, await addSite(house))
  const fingerprint = createHash('sha256').update(certificate).digest('hex')
  t.strictSame(await look(fingerprint, undefined), { shown: 'unknown' })
})

t.test('the way on is an address that a site registered, or none', async (t) => {
  const house = await openHouse(t)
  const { returnAddress } = createCertificateCheck(house)
  t.equal(await returnAddress('https://shop.example/return'), undefined)
  await addSite(house, 'bank')
  await addSite(house, 'shop')
  t.equal(await returnAddress('https://shop.example/return?a=b'), 'https://shop.example/return?a=b')
  t.equal(await returnAddress('https://bank.example/return'), 'https://bank.example/return')
  for (const wrong of ['https://evil.example/return', 'https://shop.example/', 'javascript:alert(1)', '//evil', ''])
    t.equal(await returnAddress(wrong), undefined, wrong)
})

t.test('a store that cannot be asked is no "none"', async (t) => {
  const house = await openHouse(t)
  const down = async (): Promise<never> => {
    throw new TypeError('down')
  }
  const { look, returnAddress } = createCertificateCheck({
    ...house,
    store: { certificate: down, sites: down },
  })
  await t.rejects(look('ab'.repeat(32), undefined), { message: 'down' })
  await t.rejects(returnAddress('https://shop.example/return'), { message: 'down' })
})
