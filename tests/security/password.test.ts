import { expect, test } from 'vitest'
import { hashPassword, needsRehash, verifyPassword } from '../../server/security/password.ts'

test('a password is stored as argon2id at the ASVS floor, each time with a new salt', async () => {
  const [one, other] = await Promise.all([hashPassword('same password'), hashPassword('same password')])
  expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
  expect(one).not.toBe(other)
  expect(await verifyPassword('same password', one)).toBe(true)
  expect(await verifyPassword('same passwore', one)).toBe(false)
})

test('a password differing only after its 72nd byte does not open the account', async () => {
  const long = 'x'.repeat(100)
  const hash = await hashPassword(`${long}a`)
  expect(await verifyPassword(`${long}b`, hash)).toBe(false)
  expect(await verifyPassword(`${long}a`, hash)).toBe(true)
})

test('without a stored hash every password is wrong', async () => {
  expect(await verifyPassword('anything', null)).toBe(false)
  expect(await verifyPassword('anything', undefined)).toBe(false)
})

test('a hash of weaker parameters still opens, and asks to be renewed', async () => {
  const weak = '$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$'
  const { argon2Sync } = await import('node:crypto')
  const tag = argon2Sync('argon2id', {
    message: 'old password',
    nonce: Buffer.from('somesaltsomesalt'),
    memory: 64,
    passes: 1,
    parallelism: 1,
    tagLength: 32,
  })
  const hash = weak + tag.toString('base64').replace(/=+$/, '')
  expect(await verifyPassword('old password', hash)).toBe(true)
  expect(needsRehash(hash)).toBe(true)
  expect(needsRehash(await hashPassword('old password'))).toBe(false)
})

test('a stored hash of another kind is an error, never a match', async () => {
  await expect(verifyPassword('x', '$2b$10$abcdefghijklmnopqrstuv')).rejects.toThrow(/PHC/)
})

test('an unknown user costs as much time as a wrong password', async () => {
  const hash = await hashPassword('the password')
  const known: number[] = []
  const unknown: number[] = []
  for (let round = 0; round < 40; round++) {
    known.push(await millisecondsOf(() => verifyPassword('wrong', hash)))
    unknown.push(await millisecondsOf(() => verifyPassword('wrong', null)))
  }
  const ratio = median(unknown) / median(known)
  expect(ratio).toBeGreaterThan(0.7)
  expect(ratio).toBeLessThan(1.4)
})

/** What all threads computed, since the hash is made beside this one; a busy machine does not blur it. */
async function millisecondsOf(effect: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  await effect()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}

function median(values: number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN
}

test('two are hashed at a time and 500 wait: whoever comes then is asked to come back, and nobody once they are done', async () => {
  const weak = `$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$${'A'.repeat(43)}`
  const waiting = Array.from({ length: 502 }, () => verifyPassword('a password', weak))
  await expect(verifyPassword('a password', weak)).rejects.toMatchObject({ reason: 'UNAVAILABLE' })
  expect(await Promise.all(waiting)).toEqual(Array.from({ length: 502 }, () => false))
  expect(await verifyPassword('a password', weak)).toBe(false)
})
