import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../support/app.ts'
import { Random } from '../support/seeded-random.ts'
import { median, rankTest, timeLogins } from './login-timing/machine.ts'

let app: TestApp
beforeAll(async () => {
  app = await createTestApp()
})
afterAll(() => app[Symbol.asyncDispose]())

test('a failed sign-in takes as long with an address that has no account: no hash is left out', async () => {
  const { known, unknown } = await timeLogins(app, { logins: 25, seed: 1 })
  // Without the hash it would be a small part; what a busy machine does to the rest is not asked here.
  expect(median(unknown) / median(known)).toBeGreaterThan(0.5)
  expect(median(unknown) / median(known)).toBeLessThan(2)
})

test('samples of one source are alike, and those of two are told apart', () => {
  const random = new Random(3)
  const sample = (shift: number) => Array.from({ length: 400 }, () => random.next() + random.next() + shift)
  expect(rankTest(sample(0), sample(0))).toBeGreaterThan(0.01)
  expect(rankTest(sample(0), sample(0.2))).toBeLessThan(0.001)
})
