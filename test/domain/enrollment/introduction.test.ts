import { createHash, randomBytes } from 'node:crypto'
import t from 'tap'
import { createIntroductions } from '../../../src/domain/enrollment/introduction.ts'
import { apiCertificate } from '../../http/signon/scene.ts'
import { addSite, enrollDevice, openHouse } from '../house.ts'

const TOKEN = 'A'.repeat(43)
const OPENING = { token: TOKEN, browser: 'this one' }

t.test('whose certificate is in the browser', async (t) => {
  const house = await openHouse(t)
  const { introduce, read } = createIntroductions(house)
  const { fingerprint } = await enrollDevice(house, 'Laptop')
  const { subscriberId } = (await house.store.certificate(fingerprint))!
  const note = await introduce(fingerprint, OPENING)
  t.strictSame(read(note, OPENING), { owner: { subscriberId, label: 'Laptop' } })
  t.match(note, /^[\w-]+$/)
  t.notMatch(Buffer.from(note, 'base64url').toString('latin1'), 'Laptop', 'the browser cannot read it')

  t.strictSame(read(await introduce(undefined, OPENING), OPENING), { owner: null })
  t.strictSame(read(await introduce('ab'.repeat(32), OPENING), OPENING), { owner: null })
  const { certificate } = await apiCertificate(house, await addSite(house))
  const service = createHash('sha256').update(certificate).digest('hex')
  t.strictSame(read(await introduce(service, OPENING), OPENING), { owner: null }, 'a site’s service is nobody')
})

t.test('for its own invitation, for ten minutes, unaltered', async (t) => {
  const house = await openHouse(t)
  const { introduce, read } = createIntroductions(house)
  const note = await introduce(undefined, OPENING)
  t.ok(read(note, OPENING))
  t.equal(read(note, { ...OPENING, token: 'B'.repeat(43) }), undefined)
  t.equal(read(note, { ...OPENING, browser: 'another one' }), undefined)
  t.equal(read(note, { ...OPENING, browser: '' }), undefined)
  const bytes = Buffer.from(note, 'base64url')
  for (const place of [0, 1, 13, bytes.length - 1]) {
    const altered = Buffer.from(bytes)
    altered[place]! ^= 1
    t.equal(read(altered.toString('base64url'), OPENING), undefined, `byte ${place}`)
  }
  for (const wrong of ['', '!', 'AAAA', randomBytes(64).toString('base64url'), 'A'.repeat(5_000)])
    t.equal(read(wrong, OPENING), undefined)
  house.clock.time += 10 * 60_000
  t.ok(read(note, OPENING))
  house.clock.time += 1
  t.equal(read(note, OPENING), undefined)
})
