import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { createSealer, SealBrokenError } from '../../server/security/encryption.ts'

const [oldKey, newKey] = [randomBytes(32), randomBytes(32)]
const row = { userId: 'alice', table: 'mailboxes', column: 'refresh_token', rowId: 'one' }
const sealer = createSealer([newKey])

test('a sealed secret opens in its own row and does not show in the blob', () => {
  const blob = sealer.seal('1//refresh-canary', row)
  expect(sealer.open(blob, row)).toBe('1//refresh-canary')
  expect(blob.toString('latin1')).not.toContain('canary')
  expect(sealer.open(sealer.seal('', row), row)).toBe('')
  expect(sealer.open(sealer.seal('grüße 🔑', row), row)).toBe('grüße 🔑')
})

test('every flipped byte is refused', () => {
  const blob = sealer.seal('secret', row)
  for (let at = 0; at < blob.length; at++) {
    const flipped = Buffer.from(blob)
    flipped.writeUInt8(flipped.readUInt8(at) ^ 0x01, at)
    expect(() => sealer.open(flipped, row), `byte ${at}`).toThrow(SealBrokenError)
  }
})

test('every truncation is refused, and so is plaintext', () => {
  const blob = sealer.seal('secret', row)
  for (let length = 0; length < blob.length; length++) {
    expect(() => sealer.open(blob.subarray(0, length), row), `length ${length}`).toThrow(SealBrokenError)
  }
  expect(() => sealer.open(Buffer.from('1//a-refresh-token-that-was-never-sealed'.repeat(5)), row)).toThrow(
    SealBrokenError,
  )
})

test.each(['userId', 'table', 'column', 'rowId'] as const)('P13: a blob moved to another %s is refused', (part) => {
  const blob = sealer.seal('secret', row)
  expect(() => sealer.open(blob, { ...row, [part]: 'other' })).toThrow(SealBrokenError)
})

test('moving letters between neighbouring parts of the row does not open it', () => {
  const blob = sealer.seal('secret', { ...row, userId: 'ab', table: 'c' })
  expect(() => sealer.open(blob, { ...row, userId: 'a', table: 'bc' })).toThrow(SealBrokenError)
})

test('after a rotation old values open, new ones use the new key, and a retired key opens nothing', () => {
  const before = createSealer([oldKey]).seal('secret', row)
  const rotated = createSealer([newKey, oldKey])
  expect(rotated.open(before, row)).toBe('secret')
  const after = rotated.seal('secret', row)
  expect(createSealer([newKey]).open(after, row)).toBe('secret')
  expect(() => createSealer([newKey]).open(before, row)).toThrow(/ENCRYPTION_KEY/)
})

test('each secret has a data key of its own: the wrapped key of one opens no other, not even in the same row', () => {
  const [one, other] = [sealer.seal('secret', row), sealer.seal('secret', row)]
  // Head, nonce, wrapped data key and tag; then the secret itself.
  const wrappedEnd = 9 + 12 + 32 + 16
  const mixed = Buffer.concat([one.subarray(0, wrappedEnd), other.subarray(wrappedEnd)])
  expect(() => sealer.open(mixed, row)).toThrow(SealBrokenError)
})

/** `test:asvs` takes more: a million nonces. */
// oxlint-disable-next-line node/no-process-env -- a size, which no test depends on
const rounds = Number(process.env['SEAL_ROUNDS'] ?? 20_000)

test('no two blobs share a nonce', { timeout: 300_000 }, () => {
  const nonces = new Set<string>()
  for (let round = 0; round < rounds; round++) {
    const blob = sealer.seal('x', row)
    nonces.add(blob.subarray(9, 21).toString('latin1'))
    nonces.add(blob.subarray(69, 81).toString('latin1'))
  }
  expect(nonces.size).toBe(2 * rounds)
})
