import { randomBytes, randomUUID } from 'node:crypto'
import { AppError } from '../../../server/errors.ts'
import type { TestApp } from '../../support/app.ts'
import { Random } from '../../support/seeded-random.ts'

/** Milliseconds each. */
export interface Times {
  readonly known: readonly number[]
  readonly unknown: readonly number[]
}

/** As many failed sign-ins with addresses that have an account as with others, mixed at random, one after the other. */
export async function timeLogins(app: TestApp, { logins, seed }: { logins: number; seed: number }): Promise<Times> {
  const random = new Random(seed)
  const { email } = await app.newOwner()
  const { passwordHash } = await app.db
    .selectFrom('users')
    .where('email', '=', email)
    .select('passwordHash')
    .executeTakeFirstOrThrow()
  const known = Array.from({ length: logins }, () => newAddress())
  // One account each, so that what slows guessing down for one of them shows nowhere.
  await app.db
    .insertInto('users')
    .values(known.map((address) => ({ id: randomUUID(), email: address, passwordHash })))
    .execute()
  const attempts = [
    ...known.map((address) => ({ address, isKnown: true })),
    ...known.map(() => ({ address: newAddress(), isKnown: false })),
  ]
  for (let count = 0; count < 20; count++) await timeOf(app, newAddress())
  const times: { known: number[]; unknown: number[] } = { known: [], unknown: [] }
  const mixed = attempts.map((attempt) => ({ ...attempt, place: random.next() })).toSorted((a, b) => a.place - b.place)
  for (const { address, isKnown } of mixed) {
    const ms = await timeOf(app, address)
    times[isKnown ? 'known' : 'unknown'].push(ms)
  }
  return times
}

const newAddress = () => `${randomBytes(6).toString('hex')}@studio.example`

async function timeOf(app: TestApp, email: string): Promise<number> {
  const began = performance.now()
  try {
    await app.as(null).auth.login({ email, password: 'not the right password' })
  } catch (error) {
    const reason = error instanceof Error && error.cause instanceof AppError ? error.cause.reason : String(error)
    if (reason === 'INVALID_CREDENTIALS') return performance.now() - began
    throw error
  }
  throw new Error('a wrong password was let in')
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 ? (sorted[middle] ?? NaN) : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2
}

/**
 * How likely two such samples are when they come from one source (Mann and Whitney's test, two-sided, by the normal
 * approximation, which is right for samples of some dozens).
 */
export function rankTest(one: readonly number[], other: readonly number[]): number {
  const ranked = [...one.map((value) => ({ value, isOne: true })), ...other.map((value) => ({ value, isOne: false }))]
    .toSorted((a, b) => a.value - b.value)
    .map(({ isOne }, index) => (isOne ? index + 1 : 0))
  const sum = ranked.reduce((total, rank) => total + rank, 0)
  const product = one.length * other.length
  const u = sum - (one.length * (one.length + 1)) / 2
  const deviation = Math.sqrt((product * (one.length + other.length + 1)) / 12)
  return 2 * (1 - normal(Math.abs(u - product / 2) / deviation))
}

/** The standard normal distribution function for z >= 0 (Abramowitz and Stegun 26.2.17: off by 7.5e-8 at most). */
function normal(z: number): number {
  const t = 1 / (1 + 0.231_641_9 * z)
  const polynomial =
    t * (0.319_381_53 + t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))))
  return 1 - (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * polynomial
}
