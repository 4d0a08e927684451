import t from 'tap'
import { isFingerprint, requireFingerprint } from '../../src/domain/hex.ts'

t.test('a fingerprint has one spelling', async (t) => {
  const fingerprint = '0123456789abcdef'.repeat(4)
  t.ok(isFingerprint(fingerprint))
  t.equal(requireFingerprint(fingerprint), fingerprint)
  for (const text of [
    '',
    fingerprint.toUpperCase(),
    fingerprint.slice(1),
    `${fingerprint}0`,
    `${fingerprint}\n`,
    ` ${fingerprint}`,
    fingerprint.replace('f', 'g'),
    fingerprint.replaceAll('ab', 'a:b'),
    `０${fingerprint.slice(1)}`,
  ]) {
    t.notOk(isFingerprint(text), text.trim())
    t.throws(() => requireFingerprint(text), { code: 'certificate-unknown' })
  }
})
